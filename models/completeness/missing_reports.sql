with bodies as (
    select *, coalesce(entity_id, region_code || '|' || level_code) as body_key
    from {{ ref('int_reports_expected') }}
),

-- Years in a row that are missing: each begins a new run after a report.
in_runs as (
    select
        *,
        count(report_id) over before as run_no,
        max(year) filter (where report_id is not null) over before as last_report_year,
    from bodies
    window before as (
        partition by body_key order by year rows between unbounded preceding and current row
    )
),

missing as (
    select
        entity_id,
        agency_id,
        agency_name,
        region_code,
        level_code,
        year,
        expected_by,
        min(year) over (partition by body_key, run_no) as missing_since_year,
        last_report_year,
    from in_runs
    where report_id is null
)

select * from missing
