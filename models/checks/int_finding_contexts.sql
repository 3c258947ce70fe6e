{{ config(post_hook="{{ find_changes(this.name) }}") }}

with failures as (
    select * from {{ ref('int_checks_evaluated') }} where result = 'fail'
),

reports as (
    select report_id from {{ ref('dim_report') }}
),

described as (
    select failures.report_id, sum(hash(failures)) || ':' || count(*) as context_version
    from failures
    inner join reports on failures.report_id = reports.report_id
    group by failures.report_id
)

select * from described
