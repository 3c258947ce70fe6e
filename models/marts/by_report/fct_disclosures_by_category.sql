with observations as (
    select * from {{ ref('observations') }}
    where is_selected and indicator_code = 'disclosure.by_category'
),

documents_to_build as (
    {{ documents_to_build() }}
),

current_reports as (
    select reports.*
    from {{ ref('dim_report') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
    where reports.is_current
),

facts as (
    select
        current_reports.report_id,
        observations.category_label,
        current_reports.agency_id,
        current_reports.region_code,
        current_reports.level_code,
        current_reports.year,
        observations.value as item_count,
        observations.qualifier,
    from current_reports
    inner join observations on current_reports.report_id = observations.report_id
)

select * from facts
