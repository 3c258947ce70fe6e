with reports as (
    select * from {{ ref('dim_report') }}
    where agency_id is not null
),

agencies as (
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
)

select * from agencies
