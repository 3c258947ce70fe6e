{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

cells_matched as (
    select cells_matched.*
    from {{ ref('int_cells_matched') }} as cells_matched
    inner join documents_to_build on cells_matched.document_id = documents_to_build.document_id
),

derived_sums as (
    select * from {{ ref('derived_sums') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

-- Where a form states a cell twice, the reading that would be chosen.
cells_stated as (
    select *
    from cells_matched
    where category_label is null
    qualify
        row_number() over (
            partition by document_id, indicator_code, applicant_type
            order by confidence = 'doubtful', confidence != 'certain', table_no, row_no, col_no
        ) = 1
),

sum_sizes as (
    select total_code, count(*) as addend_count
    from derived_sums
    group by total_code
),

sums as (
    select
        cells_stated.document_id,
        derived_sums.total_code as indicator_code,
        cells_stated.applicant_type,
        sum(cells_stated.value) as value,
        case
            when bool_or(cells_stated.confidence = 'doubtful') then 'doubtful'
            when bool_or(cells_stated.confidence = 'likely') then 'likely'
            else 'certain'
        end as confidence,
        min(cells_stated.table_no) as table_no,
        arg_min(cells_stated.row_no, cells_stated.table_no * 1000000 + cells_stated.row_no) as row_no,
        min(cells_stated.page) as page,
        string_agg(
            indicators.name_zh || ' ' || cells_stated.evidence_text, ' + '
            order by cells_stated.table_no, cells_stated.row_no, cells_stated.col_no
        ) as evidence_text,
        bool_and(cells_stated.qualifier = 'exact') as is_exact,
        count(*) as stated_count,
    from cells_stated
    inner join derived_sums on cells_stated.indicator_code = derived_sums.addend_code
    inner join indicators on cells_stated.indicator_code = indicators.indicator_code
    group by cells_stated.document_id, derived_sums.total_code, cells_stated.applicant_type
),

figures_derived as (
    select
        sums.document_id,
        sums.indicator_code,
        sums.applicant_type,
        null::varchar as category_label,
        sums.value::decimal(20, 4) as value,
        if(sums.is_exact, 'exact', 'about') as qualifier,
        'derived' as basis,
        'year' as period_part,
        'own' as scope_part,
        sums.confidence,
        'sum of ' || sum_sizes.addend_count as rule_id,
        null::integer as block_no,
        sums.table_no,
        sums.row_no,
        null::integer as col_no,
        sums.page,
        null::integer as char_start,
        null::integer as char_end,
        sums.evidence_text,
    from sums
    inner join sum_sizes
        on sums.indicator_code = sum_sizes.total_code and sums.stated_count = sum_sizes.addend_count
    -- A sum that the form itself states is never made.
    anti join cells_stated
        on sums.document_id = cells_stated.document_id
        and sums.indicator_code = cells_stated.indicator_code
        and sums.applicant_type = cells_stated.applicant_type
)

select * from figures_derived
