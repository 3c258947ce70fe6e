with reports as (
    select * from {{ ref('dim_report') }}
),

report_overlaps as (
    select * from {{ ref('report_overlaps') }}
),

additive as (
    select
        reports.report_id,
        reports.agency_id,
        reports.region_code,
        reports.level_code,
        reports.year,
        reports.scope,
        report_overlaps.containment,
    from reports
    inner join report_overlaps on reports.report_id = report_overlaps.report_id
    where report_overlaps.counts_overall
)

select * from additive
