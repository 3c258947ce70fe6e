{{ config(materialized='by_document') }}

with observations as (
    select * from {{ ref('observations') }}
    where is_selected and indicator_code = 'disclosure.by_category'
),

current_reports as (
    {{ current_reports_to_build() }}
),

facts as (
    select
        current_reports.report_id,
        observations.category_label,
        current_reports.agency_id,
        current_reports.region_code,
        current_reports.level_code,
        current_reports.year,
        current_reports.scope,
        observations.value as item_count,
        observations.qualifier,
        if(observations.qualifier = 'exact', [], ['item_count']) as inexact_indicators,
        if(observations.confidence = 'doubtful', ['item_count'], []) as doubtful_indicators,
        current_reports.period_is_whole_year,
    from current_reports
    inner join observations on current_reports.report_id = observations.report_id
)

select * from facts
