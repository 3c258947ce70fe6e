{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ reports_to_build() }}
),

growths as (
    select * from {{ ref('int_percentages') }} where kind = 'growth'
),

current_reports as (
    select * from {{ ref('dim_report') }} where is_current
),

reports as (
    select current_reports.*
    from current_reports
    inner join documents_to_build on current_reports.document_id = documents_to_build.document_id
),

figures as (
    select * from {{ ref('int_check_figures') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

places as (
    {{ previous_reports('reports', 'current_reports') }}
),

compared as (
    select
        growths.report_id,
        growths.percentage,
        growths.decimals,
        growths.observation_id,
        concat_ws(' ', growths.indicator_code, growths.applicant_type, growths.value) as subject,
        previous.observation_ids as previous_ids,
        indicators.name_zh,
        indicators.name_en,
        previous.is_exact,
        100 * (growths.value / nullif(previous.value, 0) - 1) as computed,
    from growths
    inner join places on growths.report_id = places.report_id
    inner join indicators on growths.indicator_code = indicators.indicator_code
    left join figures as previous
        on places.source_report_id = previous.report_id
        and growths.indicator_code = previous.indicator_code
        and growths.applicant_type = previous.applicant_type
    where growths.category_label is null
),

judged as (
    select
        report_id,
        'TI-YOY' as check_code,
        'all' as applicant_type,
        subject,
        case
            when computed is null or not is_exact then 'uncertain'
            when abs(computed - percentage) <= 0.5 * power(10, -decimals) + 0.000001 then 'pass'
            else 'fail'
        end as result,
        round(computed, 2)::decimal(20, 4) as expected,
        percentage::decimal(20, 4) as actual,
        (percentage - expected)::decimal(20, 4) as difference,
        0 as blank_count,
        [observation_id] || coalesce(previous_ids, []) as observation_ids,
        name_zh as detail_zh,
        name_en as detail_en,
    from compared
)

select * from judged
-- What a text says twice is found once.
qualify row_number() over (partition by report_id, subject, actual order by observation_ids) = 1
