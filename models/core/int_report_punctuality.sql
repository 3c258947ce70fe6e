with reports as (
    select * from {{ ref('dim_report') }}
),

years as (
    select * from {{ ref('dim_year') }}
),

titles as (
    select document_id, is_titled_newer from {{ ref('int_report_versions') }}
),

-- The versions of one report: a correction that comes after the deadline makes nobody late.
versions as (
    select
        reports.report_id,
        reports.version_no,
        reports.published_on,
        reports.published_evidence,
        titles.is_titled_newer,
        coalesce(
            -- A report is not late for the file of its table.
            case when reports.is_table_alone then reports.report_id end,
            reports.agency_id || '|' || reports.year || '|' || coalesce(reports.scope, ''), reports.report_id
        ) as report_group,
        if(reports.agency_kind = 'government', years.government_deadline_on, years.department_deadline_on)
            as deadline_on,
    from reports
    left join years on reports.year = years.year
    left join titles on reports.document_id = titles.document_id
),

first_versions as (
    select
        report_group,
        any_value(deadline_on) as deadline_on,
        bool_or(published_on <= deadline_on) as is_one_in_time,
        min(published_on) filter (where published_on <= deadline_on) as in_time_on,
        arg_min_null(published_on, row(version_no, published_on)) as first_on,
        arg_min_null(published_evidence, row(version_no, published_on)) as first_evidence,
        coalesce(arg_min(is_titled_newer, version_no), false) as lacks_the_first,
    from versions
    group by report_group
),

-- A page's property is often the day on which it moved to a new site, and so is a day in its text that comes long after:
-- such a day may prove that a report was in time, never that it was late. Nor does that of a version whose
-- title says that it takes the place of another one, where that is not there.
judged as (
    select
        *,
        date_diff('day', deadline_on, coalesce(in_time_on, first_on)) as days_after_deadline,
        first_evidence = 'property'
        or first_evidence = 'portal' and days_after_deadline > {{ threshold('days_of_moving') }} as may_be_reposted,
        case
            when is_one_in_time then 'in_time'
            when first_on > deadline_on and not may_be_reposted and not lacks_the_first then 'late'
            else 'unknown'
        end as punctuality,
        case
            when punctuality != 'unknown' then null
            when deadline_on is null then 'no_deadline'
            when first_on is null then 'no_day'
            when lacks_the_first then 'no_first_version'
            else 'may_be_reposted'
        end as why_unknown,
    from first_versions
),

described as (
    select
        versions.report_id,
        judged.deadline_on,
        coalesce(judged.in_time_on, judged.first_on) as first_published_on,
        judged.punctuality,
        judged.why_unknown,
        judged.days_after_deadline::integer as days_after_deadline,
    from versions
    inner join judged on versions.report_group = judged.report_group
)

select * from described
