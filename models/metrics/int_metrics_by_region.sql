{{ config(materialized='by_document') }}

with places_to_build as (
    {{ keys_to_build('int_place_contexts') }}
),

metric_values as (
    select * from {{ ref('int_metric_values') }}
    where value is not null
),

reports as (
    select * from {{ ref('dim_report') }}
),

report_overlaps as (
    select * from {{ ref('report_overlaps') }}
),

containers as (
    select * from {{ ref('int_report_containers') }}
),

lying_in as (
    select * from {{ ref('int_reports_lying_in') }}
),

-- A report counts for its own place and for those above it; NULL is the whole country.
places as (
    select report_id, region_code from lying_in
    where region_code in (select region_code from places_to_build where region_code is not null)
    union all
    select report_id, null as region_code from report_overlaps
    where (select bool_or(region_code is null) from places_to_build)
),

-- Within a level: a department's figures stand in its government's report already.
in_level as (
    select places.*, reports.level_code, false as is_assumed
    from places
    inner join report_overlaps on places.report_id = report_overlaps.report_id
    inner join reports on places.report_id = reports.report_id
    where report_overlaps.counts_in_level
),

-- Over all levels of a place: what stands in another report on that place, or on one within it, is counted there.
contained as (
    select
        containers.report_id,
        wider_places.region_code,
        bool_or(containers.containment != 'assumed') as is_contained,
    from containers
    inner join places as wider_places on containers.wider_report_id = wider_places.report_id
    group by containers.report_id, wider_places.region_code
),

over_all_levels as (
    select places.*, 'all' as level_code, contained.report_id is not null as is_assumed
    from places
    left join contained
        on places.report_id = contained.report_id
        and places.region_code is not distinct from contained.region_code
    where not coalesce(contained.is_contained, false)
),

counted as (
    select * from in_level
    union all
    select * from over_all_levels
),

summed as (
    select
        metric_values.metric_code,
        metric_values.unit,
        counted.region_code,
        counted.level_code,
        reports.year,
        -- NULL too where reports of several scopes are added up.
        if(count(distinct coalesce(reports.scope, '')) = 1, any_value(reports.scope), null) as scope,
        count(*) as report_count,
        count(*) filter (where counted.is_assumed) as assumed_count,
        sum(metric_values.numerator) as numerator,
        sum(metric_values.denominator) as denominator,
        sum(metric_values.numerator) filter (where not counted.is_assumed) as least_numerator,
        sum(metric_values.denominator) filter (where not counted.is_assumed) as least_denominator,
        bool_or(metric_values.has_denominator) as has_denominator,
        -- Decimals add up to the same in any order.
        sum(metric_values.value::decimal(38, 18)) / count(*) as mean_value,
        -- All three at once, as each sorts the values.
        quantile_cont(metric_values.value, [0.25, 0.5, 0.75]) as quartiles,
    from counted
    inner join reports on counted.report_id = reports.report_id
    inner join metric_values on counted.report_id = metric_values.report_id
    group by metric_values.metric_code, metric_values.unit, counted.region_code, counted.level_code, reports.year
),

-- Squares do not add up over reports: the concentration of several is their mean alone.
valued as (
    select
        * exclude (has_denominator, quartiles, least_numerator, least_denominator),
        quartiles[1] as lower_quartile,
        quartiles[2] as median_value,
        quartiles[3] as upper_quartile,
        case
            when unit != 'herfindahl' then {{ metric_value('numerator', 'denominator', 'has_denominator', 'unit') }}
        end as value,
        case
            when unit != 'herfindahl'
                then {{ metric_value('least_numerator', 'least_denominator', 'has_denominator', 'unit') }}
        end as value_if_contained,
    from summed
),

compared as (
    select
        these.*,
        {{ metric_change('these.value', 'previous.value', 'these.unit') }} as change_on_year,
    from valued as these
    left join valued as previous
        on these.metric_code = previous.metric_code
        and these.region_code is not distinct from previous.region_code
        and these.level_code is not distinct from previous.level_code
        and these.year = previous.year + 1
        and these.scope is not distinct from previous.scope
)

select * from compared
