{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ reports_to_build() }}
),

reports as (
    select reports.*
    from {{ ref('dim_report') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
),

pairs as (
    {{ figures_year_on_year('unit', 'reports') }}
),

-- 元 written where the form asks for 万元, or the other way round, makes a jump of about ten thousand times.
judged as (
    select
        report_id,
        check_code,
        'all' as applicant_type,
        indicator_code as subject,
        case
            when value = 0 or previous_value = 0 then 'not_applicable'
            when greatest(value / previous_value, previous_value / value)
                between {{ threshold('smallest_unit_jump') }} and {{ threshold('largest_unit_jump') }}
                then 'fail'
            else 'pass'
        end as result,
        previous_value as expected,
        value as actual,
        (value - previous_value)::decimal(20, 4) as difference,
        0 as blank_count,
        observation_ids,
        name_zh as detail_zh,
        name_en as detail_en,
    from pairs
)

select * from judged
