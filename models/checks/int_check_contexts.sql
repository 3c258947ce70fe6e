{{ config(post_hook="{{ find_changes(this.name) }}") }}

with reports as (
    select * from {{ ref('dim_report') }}
),

contexts as (
    select * from {{ ref('int_report_contexts') }}
),

punctuality as (
    select * from {{ ref('int_report_punctuality') }}
),

-- What is made by document changes with the report's own context alone.
results as (
    select * from {{ ref('int_checks_evaluated') }} where not is_by_document
),

-- Of a failure all is told; what passes is only counted, so that new peers of a report change nothing of it.
versions as (
    select
        report_id,
        sum(if(result = 'fail', hash(results), hash(check_code, result, blank_count > 0, actual)))
            || ':' || count(*) as version,
    from results
    group by report_id
),

described as (
    select
        reports.report_id,
        concat_ws(' / ', contexts.context_version, hash(punctuality), versions.version) as context_version,
    from reports
    inner join contexts on reports.document_id = contexts.document_id
    inner join punctuality on reports.report_id = punctuality.report_id
    left join versions on reports.report_id = versions.report_id
)

select * from described
