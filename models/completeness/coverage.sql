-- A body that reports on its own level and on its whole area is one body that reports.
with reports as (
    select * from {{ ref('dim_report') }}
    where is_current and year is not null
    qualify row_number() over (partition by coalesce(agency_id, report_id), year order by {{ scope_rank() }} desc) = 1
),

agencies as (
    select * from {{ ref('dim_agency') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

years as (
    select * from {{ ref('dim_year') }}
),

completeness as (
    select * from {{ ref('int_report_completeness') }}
),

years_seen as (
    select distinct year from reports
),

-- A region is looked at where it, or one beside it, has a report.
parents_seen as (
    select distinct regions.parent_code
    from reports
    inner join regions on reports.region_code = regions.region_code
),

regions_looked_at as (
    select regions.*
    from regions
    inner join parents_seen on regions.parent_code is not distinct from parents_seen.parent_code
),

-- Every body that reported in any year is expected in each, and so is the government of each region.
bodies_expected as (
    select
        agencies.agency_id,
        agencies.region_code,
        agencies.level_code,
        years_seen.year,
    from agencies
    cross join years_seen
    union all
    select
        null as agency_id,
        regions_looked_at.region_code,
        regions_looked_at.level_code,
        years_seen.year,
    from regions_looked_at
    cross join years_seen
    anti join agencies
        on regions_looked_at.region_code = agencies.region_code
        and agencies.agency_kind = 'government'
    where years_seen.year between coalesce(regions_looked_at.valid_from_year, years_seen.year)
        and coalesce(regions_looked_at.valid_to_year, years_seen.year)
),

described as (
    select
        bodies_expected.region_code,
        bodies_expected.level_code,
        bodies_expected.year,
        reports.report_id,
        reports.published_on
        > if(reports.agency_kind = 'government', years.government_deadline_on, years.department_deadline_on) as is_late,
        completeness.figures_asked,
        completeness.figures_stated,
    from bodies_expected
    left join reports
        on bodies_expected.agency_id = reports.agency_id
        and bodies_expected.year = reports.year
    left join years on reports.year = years.year
    left join completeness on reports.report_id = completeness.report_id
),

counted as (
    select
        region_code,
        level_code,
        year,
        count(*)::integer as bodies_expected,
        count(report_id)::integer as reports_present,
        (count(*) - count(report_id))::integer as reports_missing,
        count(*) filter (where is_late)::integer as reports_late,
        coalesce(sum(figures_asked), 0)::integer as figures_asked,
        coalesce(sum(figures_stated), 0)::integer as figures_stated,
    from described
    group by region_code, level_code, year
)

select * from counted
