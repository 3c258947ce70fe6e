{{ config(post_hook="{{ find_changes(this.name) }}") }}

with reports as (
    select * from {{ ref('dim_report') }} where is_current
),

contexts as (
    select * from {{ ref('int_report_contexts') }}
),

report_overlaps as (
    select * from {{ ref('report_overlaps') }}
),

described as (
    select
        reports.report_id,
        concat_ws(' / ', contexts.context_version, hash(report_overlaps)) as context_version,
    from reports
    inner join contexts on reports.document_id = contexts.document_id
    left join report_overlaps on reports.report_id = report_overlaps.report_id
)

select * from described
