with metric_values as (
    select * from {{ ref('int_metric_values') }}
),

reports as (
    select * from {{ ref('dim_report') }}
),

described as (
    select
        metric_values.metric_code,
        metric_values.unit,
        reports.report_id,
        reports.agency_id,
        reports.region_code,
        reports.level_code,
        reports.agency_kind,
        reports.year,
        metric_values.numerator,
        metric_values.denominator,
        metric_values.value,
    from metric_values
    inner join reports on metric_values.report_id = reports.report_id
),

-- The same body a year before, and the bodies of the same kind and level in the same year.
compared as (
    select
        these.*,
        {{ metric_change('these.value', 'previous.value', 'these.unit') }} as change_on_year,
        count(these.value) over peers as peer_count,
        rank() over (peers order by these.value desc nulls last) as peer_place,
        percent_rank() over (peers order by these.value nulls first) as peer_percentile,
    from described as these
    left join described as previous
        on these.metric_code = previous.metric_code
        and these.agency_id = previous.agency_id
        and these.year = previous.year + 1
    window peers as (partition by these.metric_code, these.year, these.level_code, these.agency_kind)
)

select * from compared
