with reports as (
    select * from {{ ref('dim_report') }}
    where agency_id is not null
),

lines as (
    select *, {{ agency_id('agency_key') }} as agency_id, {{ agency_id('entity_key') }} as entity_id
    from {{ ref('int_agency_lines') }}
),

expected as (
    select *, {{ agency_id('agency_key') }} as agency_id from {{ ref('int_expected_bodies') }}
),

reporting as (
    select
        agency_id,
        -- As its newest report names it.
        arg_max(agency_name, coalesce(year, 0)) as agency_name,
        arg_max(agency_kind, coalesce(year, 0)) as agency_kind,
        any_value(region_code) as region_code,
        arg_max(level_code, coalesce(year, 0)) as level_code,
        min(year)::integer as first_year,
        max(year)::integer as last_year,
        count(*) filter (where is_current)::integer as report_count,
    from reports
    group by agency_id
),

agencies as (
    select * from reporting
    union all by name
    select agency_id, agency_name, agency_kind, region_code, level_code, 0 as report_count
    from expected
    anti join reporting on expected.agency_id = reporting.agency_id
),

described as (
    select
        agencies.agency_id,
        lines.entity_id,
        lines.body_no,
        agencies.agency_name,
        agencies.agency_kind,
        agencies.region_code,
        agencies.level_code,
        agencies.first_year,
        agencies.last_year,
        agencies.report_count,
        lines.exists_from_year,
        lines.exists_to_year,
    from agencies
    inner join lines on agencies.agency_id = lines.agency_id
)

select * from described
