with stated as (
    select * from {{ ref('int_series_values') }}
    where is_whole_year
),

harmonised as (
    select * from {{ ref('harmonised_series') }}
),

reports as (
    select * from {{ ref('dim_report') }}
),

report_overlaps as (
    select * from {{ ref('report_overlaps') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

coverage as (
    select * from {{ ref('coverage') }}
),

-- A department's figures stand in its government's report already.
counted as (
    select stated.*, reports.level_code
    from stated
    inner join reports on stated.report_id = reports.report_id
    inner join report_overlaps on stated.report_id = report_overlaps.report_id
    where report_overlaps.counts_in_level
),

-- A report counts for its own place and for those above it; NULL is the whole country.
places as (
    select report_id, region_code from {{ ref('int_reports_lying_in') }}
    union all
    select report_id, null as region_code from report_overlaps
),

-- Like for like: the same body, of the same scope, with a figure of the same meaning in both years.
pairs as (
    select these.report_id, these.series_code, these.value, previous.value as value_before
    from counted as these
    inner join counted as previous
        on {{ is_of_year_before('these', 'previous') }}
        and these.series_code = previous.series_code
        and these.meaning = previous.meaning
),

summed as (
    select
        places.region_code,
        counted.level_code,
        counted.series_code,
        counted.year,
        sum(counted.value) as value,
        count(*) as body_count,
        count(pairs.value) as compared_count,
        sum(pairs.value) as compared_value,
        sum(pairs.value_before) as compared_value_before,
    from counted
    inner join places on counted.report_id = places.report_id
    left join pairs on counted.report_id = pairs.report_id and counted.series_code = pairs.series_code
    group by places.region_code, counted.level_code, counted.series_code, counted.year
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
