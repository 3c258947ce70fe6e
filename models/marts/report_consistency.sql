with results as (
    select * from {{ ref('int_checks_evaluated') }}
),

checks as (
    select * from {{ ref('checks') }}
),

reports as (
    select * from {{ ref('dim_report') }}
),

completeness as (
    select * from {{ ref('int_report_completeness') }}
),

years as (
    select * from {{ ref('dim_year') }}
),

counted as (
    select
        reports.report_id,
        count(*) filter (where results.result = 'pass')::integer as pass_count,
        count(*) filter (where results.result = 'fail')::integer as fail_count,
        count(*) filter (where results.result = 'uncertain')::integer as uncertain_count,
        count(*) filter (where results.result = 'not_applicable')::integer as not_applicable_count,
        count(*) filter (where results.result = 'pass' and results.blank_count > 0)::integer as pass_with_blanks_count,
        count(*) filter (where results.result = 'fail' and checks.severity = 'hard')::integer as hard_fail_count,
        count(*) filter (where results.result = 'pass' and checks.severity in ('hard', 'soft')) as sound_count,
        count(*) filter (where results.result = 'fail' and checks.severity in ('hard', 'soft')) as unsound_count,
        round(sound_count / nullif(sound_count + unsound_count, 0), 4)::decimal(5, 4) as consistency_score,
    from reports
    left join results on reports.report_id = results.report_id
    left join checks on results.check_code = checks.check_code
    group by all
),

described as (
    select
        counted.* exclude (sound_count, unsound_count),
        completeness.figures_asked::integer as figures_asked,
        completeness.figures_stated::integer as figures_stated,
        date_diff(
            'day',
            if(reports.agency_kind = 'government', years.government_deadline_on, years.department_deadline_on),
            reports.published_on
        )::integer as days_after_deadline,
    from counted
    inner join reports on counted.report_id = reports.report_id
    left join completeness on counted.report_id = completeness.report_id
    left join years on reports.year = years.year
)

select * from described
