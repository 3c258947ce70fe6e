with reports as (
    select * from {{ ref('dim_report') }}
),

documents as (
    select * from {{ ref('stg_raw__documents') }}
),

current_reports as (
    select * from reports where is_current
),

previous as (
    {{ previous_reports('reports', 'current_reports') }}
),

previous_versions as (
    select
        previous.report_id,
        string_agg(documents.document_id || documents.content_version, ',' order by documents.document_id) as versions,
    from previous
    inner join reports on previous.source_report_id = reports.report_id
    inner join documents on reports.document_id = documents.document_id
    group by previous.report_id
),

described as (
    select
        reports.document_id,
        md5(hash(reports) || coalesce(previous_versions.versions, '')) as context_version,
    from reports
    left join previous_versions on reports.report_id = previous_versions.report_id
)

select * from described
