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

indicators as (
    select * from {{ ref('indicators') }}
),

-- Some forms have a column for all legal persons and other organisations together, beside those of their kinds.
rows_with_subtotal as (
    select
        document_id,
        table_no,
        row_no,
        row_code,
        sum(figure) filter (where column_code in ('legal', 'legal_subtotal')) as subtotal,
        sum(figure) filter (
            where column_code in ('enterprise', 'research', 'public_interest', 'legal_service', 'other')
        ) as legal_sum,
        count(*) filter (
            where column_code in ('enterprise', 'research', 'public_interest', 'legal_service', 'other')
        ) as legal_count,
        sum(figure) filter (where column_code = 'natural_person') as natural_persons,
        sum(figure) filter (where column_code = 'all') as total,
    from figures
    group by document_id, table_no, row_no, row_code
    having count(*) filter (where column_code in ('legal', 'legal_subtotal')) = 1
),

compared as (
    select
        *,
        legal_sum - subtotal as excess_of_kinds,
        natural_persons + subtotal - total as excess_of_all,
    from rows_with_subtotal
),

judged as (
    select
        compared.document_id,
        {{ report_id('compared.document_id') }} as report_id,
        'T3-LEGAL' as check_code,
        'all' as applicant_type,
        case
            when compared.excess_of_all != 0 then 'fail'
            when compared.excess_of_kinds > 0 then 'fail'
            when compared.excess_of_kinds < 0 then if(compared.legal_count = 5, 'fail', 'uncertain')
            when compared.excess_of_all is null and compared.excess_of_kinds is null then 'uncertain'
            else 'pass'
        end as result,
        if(coalesce(compared.excess_of_kinds, 0) != 0, compared.legal_sum, compared.natural_persons + compared.subtotal)
            ::decimal(20, 4) as expected,
        if(coalesce(compared.excess_of_kinds, 0) != 0, compared.subtotal, compared.total)::decimal(20, 4) as actual,
        (actual - expected)::decimal(20, 4) as difference,
        (5 - compared.legal_count)::integer as blank_count,
        null::varchar[] as observation_ids,
        indicators.name_zh as detail_zh,
        indicators.name_en as detail_en,
    from compared
    inner join indicators on compared.row_code = indicators.indicator_code
)

select * from judged
qualify row_number() over (partition by document_id, detail_en order by result, expected, actual) = 1
