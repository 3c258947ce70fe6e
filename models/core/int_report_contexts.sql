{{ config(post_hook="{{ find_changes(this.name) }}") }}

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

-- A report and the tables that are parts of it.
pieces as (
    select report_id, document_id from reports
    union all
    select part_of_report_id, document_id from reports
    where part_of_report_id is not null
),

versions as (
    select
        pieces.report_id,
        string_agg(documents.document_id || documents.content_version, ',' order by documents.document_id) as versions,
    from pieces
    inner join documents on pieces.document_id = documents.document_id
    group by pieces.report_id
),

previous_versions as (
    select previous.report_id, string_agg(versions.versions, ',' order by versions.versions) as versions
    from previous
    inner join versions on previous.source_report_id = versions.report_id
    group by previous.report_id
),

described as (
    select
        reports.document_id,
        md5(concat_ws(' ', hash(reports), versions.versions, previous_versions.versions)) as context_version,
    from reports
    left join previous_versions on reports.report_id = previous_versions.report_id
    inner join versions on reports.report_id = versions.report_id
)

select * from described
