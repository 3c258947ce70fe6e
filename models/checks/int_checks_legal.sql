{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select figures.*
    from {{ ref('int_table_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
    where figures.form_part = 'application'
),

-- The columns that a subtotal sums up, in one generation of the form or another.
shapes as (
    select distinct string_split(subtotal_of, ';') as kinds
    from {{ ref('form_shapes') }}
    where form_part = 'application' and subtotal_of is not null
),

kinds as (
    select distinct unnest(kinds) as column_code from shapes
),

indicators as (
    select * from {{ ref('indicators') }}
),

-- Some forms have a column for all legal persons and other organisations together, beside those of their kinds.
rows_with_subtotal as (
    select
        figures.document_id,
        figures.table_no,
        figures.row_no,
        figures.row_code,
        sum(figures.figure) filter (where figures.column_code in ('legal', 'legal_subtotal')) as subtotal,
        sum(figures.figure) filter (where kinds.column_code is not null) as legal_sum,
        list(kinds.column_code) filter (where kinds.column_code is not null) as given_kinds,
        sum(figures.figure) filter (where figures.column_code = 'natural_person') as natural_persons,
        sum(figures.figure) filter (where figures.column_code = 'all') as total,
    from figures
    left join kinds on figures.column_code = kinds.column_code
    group by figures.document_id, figures.table_no, figures.row_no, figures.row_code
    having count(*) filter (where figures.column_code in ('legal', 'legal_subtotal')) = 1
),

-- The generation counts of which the fewest columns are blank.
counted as (
    select
        rows_with_subtotal.*,
        min(len(list_filter(
            shapes.kinds, lambda kind: not list_contains(coalesce(rows_with_subtotal.given_kinds, []), kind)
        ))) as missing_kinds,
    from rows_with_subtotal
    cross join shapes
    group by all
),

compared as (
    select
        *,
        legal_sum - subtotal as excess_of_kinds,
        natural_persons + subtotal - total as excess_of_all,
    from counted
),

results as (
    select
        document_id,
        row_code,
        missing_kinds,
        case
            when excess_of_all != 0 then 'fail'
            when excess_of_kinds > 0 then 'fail'
            when excess_of_kinds < 0 then if(missing_kinds = 0, 'fail', 'uncertain')
            when excess_of_all is null and excess_of_kinds is null then 'uncertain'
            else 'pass'
        end as result,
        if(coalesce(excess_of_kinds, 0) != 0, legal_sum, natural_persons + subtotal) as expected,
        if(coalesce(excess_of_kinds, 0) != 0, subtotal, total) as actual,
    from compared
),

-- Where the column adds up in every row, the rows were read without it.
rows_without_subtotal as (
    select table_rows.document_id, table_rows.row_code
    from {{ ref('int_rows_joined') }} as rows_joined
    inner join documents_to_build on rows_joined.document_id = documents_to_build.document_id
    inner join {{ ref('int_table_rows') }} as table_rows
        on rows_joined.document_id = table_rows.document_id
        and rows_joined.table_no = table_rows.table_no
        and rows_joined.row_no = table_rows.row_no
        and rows_joined.label_seq = table_rows.label_seq
    where table_rows.form_part = 'application' and len(rows_joined.joined_cells) < table_rows.cell_count
        and rows_joined.joined_seq = 0
),

all_results as (
    select * from results
    union all by name
    select document_id, row_code, 0 as missing_kinds, 'pass' as result from rows_without_subtotal
),

judged as (
    select
        all_results.document_id,
        {{ report_id('all_results.document_id') }} as report_id,
        'T3-LEGAL' as check_code,
        'all' as applicant_type,
        all_results.row_code as subject,
        all_results.result,
        all_results.expected::decimal(20, 4) as expected,
        all_results.actual::decimal(20, 4) as actual,
        (all_results.actual - all_results.expected)::decimal(20, 4) as difference,
        all_results.missing_kinds::integer as blank_count,
        null::varchar[] as observation_ids,
        indicators.name_zh as detail_zh,
        indicators.name_en as detail_en,
    from all_results
    inner join indicators on all_results.row_code = indicators.indicator_code
)

select * from judged
qualify row_number() over (partition by document_id, detail_en order by result, expected, actual) = 1
