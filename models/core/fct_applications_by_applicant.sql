{{ config(materialized='by_document') }}

with observations as (
    select * from {{ ref('observations') }} where is_selected
),

current_reports as (
    {{ current_reports_to_build() }}
),

-- The total stands in fct_applications: here are the parts alone, so that a sum never counts both.
facts as (
    select
        current_reports.report_id,
        observations.applicant_type,
        current_reports.agency_id,
        current_reports.region_code,
        current_reports.level_code,
        current_reports.year,
        current_reports.scope,
        {{- measure_columns() }}
        {{- doubt_columns() }}
        current_reports.period_is_whole_year,
    from current_reports
    inner join observations on current_reports.report_id = observations.report_id
    where observations.applicant_type != 'all'
    group by all
)

select * from facts
