{{ config(materialized='by_document') }}

with years_to_build as (
    {{ keys_to_build('int_year_contexts') }}
),

-- Those of the years before, too, for comparison.
stated as (
    select * from {{ ref('int_series_values') }}
    where
        is_whole_year
        and year in (select year from years_to_build union all select year - 1 from years_to_build)
),

reports as (
    select * from {{ ref('dim_report') }}
),

report_overlaps as (
    select * from {{ ref('report_overlaps') }}
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
    where counted.year in (select year from years_to_build)
    group by places.region_code, counted.level_code, counted.series_code, counted.year
)

select * from summed
