with bodies as (
    select * from {{ ref('int_reports_expected') }}
),

punctuality as (
    select * from {{ ref('int_report_punctuality') }}
),

completeness as (
    select * from {{ ref('int_report_completeness') }}
),

counted as (
    select
        bodies.region_code,
        bodies.level_code,
        bodies.year,
        count(bodies.expected_by)::integer as bodies_expected,
        count(bodies.report_id)::integer as reports_present,
        count(*) filter (where bodies.report_id is null)::integer as reports_missing,
        count(*) filter (where bodies.expected_by is null)::integer as reports_not_expected,
        count(*) filter (where punctuality.punctuality = 'in_time')::integer as reports_in_time,
        count(*) filter (where punctuality.punctuality = 'late')::integer as reports_late,
        count(*) filter (where punctuality.punctuality = 'unknown')::integer as reports_punctuality_unknown,
        coalesce(bool_or(bodies.expected_by = 'list'), false) as is_by_list,
        coalesce(sum(completeness.figures_asked), 0)::integer as figures_asked,
        coalesce(sum(completeness.figures_stated), 0)::integer as figures_stated,
    from bodies
    left join punctuality on bodies.report_id = punctuality.report_id
    left join completeness on bodies.report_id = completeness.report_id
    group by bodies.region_code, bodies.level_code, bodies.year
)

select * from counted
