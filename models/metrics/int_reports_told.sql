with reports as (
    select * from {{ ref('dim_report') }} where is_current and year is not null
),

contexts as (
    select * from {{ ref('int_report_contexts') }}
),

report_overlaps as (
    select * from {{ ref('report_overlaps') }}
),

containers as (
    select * from {{ ref('int_report_containers') }}
),

-- All that tells of the figures of a report, and of which sums they are part.
told as (
    select reports.report_id, reports.year, hash(contexts) as told
    from reports
    inner join contexts on reports.document_id = contexts.document_id
    union all
    select reports.report_id, reports.year, hash(report_overlaps) as told
    from reports
    inner join report_overlaps on reports.report_id = report_overlaps.report_id
    union all
    select reports.report_id, reports.year, hash(containers) as told
    from reports
    inner join containers on reports.report_id = containers.report_id
)

select * from told
