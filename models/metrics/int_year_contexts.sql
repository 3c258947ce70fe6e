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
    select reports.year, hash(contexts) as told
    from reports
    inner join contexts on reports.document_id = contexts.document_id
    union all
    select reports.year, hash(report_overlaps) as told
    from reports
    inner join report_overlaps on reports.report_id = report_overlaps.report_id
    union all
    select reports.year, hash(containers) as told
    from reports
    inner join containers on reports.report_id = containers.report_id
),

versions as (
    select year, sum(told) || ':' || count(*) as version from told
    group by year
),

-- Every year that can be, as one whose last report went has rows to be taken away.
described as (
    select years.year, md5(concat_ws(' ', these.version, '/', previous.version)) as context_version
    from {{ ref('dim_year') }} as years
    left join versions as these on years.year = these.year
    left join versions as previous on years.year = previous.year + 1
)

select * from described
