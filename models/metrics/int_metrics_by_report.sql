{{ config(materialized='by_document') }}

with years_to_build as (
    {{ keys_to_build('int_year_contexts') }}
),

metric_values as (
    select * from {{ ref('int_metric_values') }}
),

-- Those of the years before, too, for comparison.
reports as (
    select * from {{ ref('dim_report') }}
    where year in (select year from years_to_build union all select year - 1 from years_to_build)
),

described as (
    select
        metric_values.metric_code,
        metric_values.unit,
        reports.report_id,
        reports.agency_id,
        reports.entity_id,
        reports.body_no,
        reports.region_code,
        reports.level_code,
        reports.agency_kind,
        reports.year,
        reports.scope,
        metric_values.numerator,
        metric_values.denominator,
        metric_values.value,
        metric_values.why_null,
    from metric_values
    inner join reports on metric_values.report_id = reports.report_id
),

-- The bodies of the same kind and level with a report of the same scope on the same year.
ranked as (
    select
        *,
        count(*) over peers as peer_count,
        rank() over (peers order by value desc) as peer_place,
        cume_dist() over (peers order by value desc) as share_as_high,
    from described
    where value is not null
    window peers as (partition by metric_code, year, level_code, agency_kind, scope)
),

placed as (
    select
        * exclude (share_as_high),
        -- The share of the others that lie below.
        coalesce((1 - share_as_high) * peer_count / nullif(peer_count - 1, 0), 0) as peer_percentile,
    from ranked
    union all by name
    select * from described
    where value is null
),

-- The same body a year before.
compared as (
    select
        these.*,
        {{ metric_change('these.value', 'previous.value', 'these.unit') }} as change_on_year,
    from placed as these
    left join described as previous
        on these.metric_code = previous.metric_code
        and {{ is_of_year_before('these', 'previous') }}
    where these.year in (select year from years_to_build)
)

select * from compared
