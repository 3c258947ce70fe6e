with summed as (
    select * from {{ ref('int_regional_sums') }}
),

harmonised as (
    select * from {{ ref('harmonised_series') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

coverage as (
    select * from {{ ref('coverage') }}
),

compared as (
    select *, compared_value::double / nullif(compared_value_before, 0) as ratio from summed
),

-- Where no body can be compared with the year before, the chain begins anew.
in_segments as (
    select *, count(*) filter (where ratio is null) over by_year as segment_no
    from compared
    window by_year as (partition by region_code, level_code, series_code order by year)
),

chained as (
    select *, 100 * product(coalesce(ratio, 1)) over in_segment as chained_index
    from in_segments
    window in_segment as (partition by region_code, level_code, series_code, segment_no order by year)
),

-- How many were expected there, of all bodies of the level.
coverage_placed as (
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

coverage_summed as (
    select
        region_code,
        level_code,
        year,
        sum(bodies_expected)::integer as bodies_expected,
        sum(reports_present)::integer as reports_present,
    from coverage_placed
    group by region_code, level_code, year
),

described as (
    select
        chained.region_code,
        chained.level_code,
        chained.series_code,
        harmonised.name_zh,
        harmonised.name_en,
        chained.year,
        chained.value::decimal(20, 4) as value,
        harmonised.unit,
        harmonised.grade,
        chained.body_count::integer as body_count,
        chained.compared_count::integer as compared_count,
        chained.compared_value::decimal(20, 4) as compared_value,
        chained.compared_value_before::decimal(20, 4) as compared_value_before,
        round((chained.ratio - 1) * 100, 4)::decimal(20, 4) as change_percent,
        chained.segment_no::integer as segment_no,
        round(chained.chained_index, 4)::decimal(20, 4) as chained_index,
        coverage_summed.bodies_expected,
        coverage_summed.reports_present,
    from chained
    inner join harmonised on chained.series_code = harmonised.series_code
    left join coverage_summed
        on chained.region_code is not distinct from coverage_summed.region_code
        and chained.level_code is not distinct from coverage_summed.level_code
        and chained.year = coverage_summed.year
)

select * from described
