with coverage as (
    select * from {{ ref('coverage') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

-- A body is expected in its own place and in those above it; NULL is the whole country.
placed as (
    select
        unnest(list_distinct(list_filter(
            [coverage.region_code, regions.county_code, regions.prefecture_code, regions.province_code],
            lambda code: code is not null
        )) || [null]) as region_code,
        coverage.level_code,
        coverage.year,
        coverage.bodies_expected,
        coverage.reports_present,
    from coverage
    left join regions on coverage.region_code = regions.region_code
),

summed as (
    select
        region_code,
        level_code,
        year,
        sum(bodies_expected)::integer as bodies_expected,
        sum(reports_present)::integer as reports_present,
    from placed
    group by region_code, level_code, year
)

select * from summed
