{{ config(materialized='by_document') }}

with regions_to_build as (
    {{ keys_to_build('int_region_contexts') }}
),

summed as (
    select * from {{ ref('int_regional_sums') }}
    where coalesce(region_code, '') in (select coalesce(region_code, '') from regions_to_build)
),

harmonised as (
    select * from {{ ref('harmonised_series') }}
),

-- How many were expected there, of all bodies of the level.
coverage as (
    select * from {{ ref('int_coverage_by_region') }}
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
        coverage.bodies_expected,
        coverage.reports_present,
    from chained
    inner join harmonised on chained.series_code = harmonised.series_code
    left join coverage
        on chained.region_code is not distinct from coverage.region_code
        and chained.level_code is not distinct from coverage.level_code
        and chained.year = coverage.year
)

select * from described
