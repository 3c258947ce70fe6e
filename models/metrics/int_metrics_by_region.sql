with metric_values as (
    select * from {{ ref('int_metric_values') }}
    where value is not null
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

-- A department's figures stand in its government's report already.
added_up as (
    select reports.*
    from reports
    inner join report_overlaps on reports.report_id = report_overlaps.report_id
    where report_overlaps.counts_in_level
),

-- A report counts for its own place and for those above it; NULL is the whole country.
lies_in as (
    select
        added_up.report_id,
        added_up.level_code,
        added_up.year,
        added_up.scope,
        unnest(list_distinct(list_filter(
            [added_up.region_code, regions.county_code, regions.prefecture_code, regions.province_code],
            lambda code: code is not null
        )) || [null]) as region_code,
    from added_up
    left join regions on added_up.region_code = regions.region_code
),

summed as (
    select
        metric_values.metric_code,
        metric_values.unit,
        lies_in.region_code,
        lies_in.level_code,
        lies_in.year,
        -- NULL too where reports of several scopes are added up.
        if(count(distinct coalesce(lies_in.scope, '')) = 1, any_value(lies_in.scope), null) as scope,
        count(*) as report_count,
        sum(metric_values.numerator) as numerator,
        sum(metric_values.denominator) as denominator,
        bool_or(metric_values.has_denominator) as has_denominator,
        avg(metric_values.value) as mean_value,
        -- All three at once, as each sorts the values.
        quantile_cont(metric_values.value, [0.25, 0.5, 0.75]) as quartiles,
    from lies_in
    inner join metric_values on lies_in.report_id = metric_values.report_id
    group by metric_values.metric_code, metric_values.unit, lies_in.region_code, lies_in.level_code, lies_in.year
),

-- Squares do not add up over reports: the concentration of several is their mean alone.
valued as (
    select
        * exclude (has_denominator, quartiles),
        quartiles[1] as lower_quartile,
        quartiles[2] as median_value,
        quartiles[3] as upper_quartile,
        case
            when unit != 'herfindahl' then {{ metric_value('numerator', 'denominator', 'has_denominator', 'unit') }}
        end as value,
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
