{{ config(materialized='by_document') }}

with years_to_build as (
    {{ keys_to_build('int_year_contexts') }}
),

report_metrics as (
    select * from {{ ref('int_metrics_by_report') }}
    where year in (select year from years_to_build)
),

region_metrics as (
    select * from {{ ref('int_metrics_by_region') }}
    where year in (select year from years_to_build)
),

definitions as (
    select * from {{ ref('metric_definitions') }}
),

-- Few peers make no rank.
by_report as (
    select
        'report' as grain,
        * exclude (agency_kind, entity_id, body_no, peer_place, peer_percentile),
        1 as report_count,
        case when peer_count >= {{ threshold('fewest_ranked') }} then peer_place end as peer_rank,
        case when peer_count >= {{ threshold('fewest_ranked') }} then peer_percentile end as peer_percentile,
    from report_metrics
),

by_region as (
    select 'region' as grain, * from region_metrics
),

measured as (
    select * from by_report
    union all by name
    select * from by_region
),

described as (
    select
        measured.grain,
        measured.metric_code,
        definitions.version as metric_version,
        measured.report_id,
        measured.agency_id,
        measured.region_code,
        measured.level_code,
        measured.year,
        measured.scope,
        measured.unit,
        round(measured.value, 6)::decimal(20, 6) as value,
        measured.why_null,
        measured.numerator::decimal(20, 4) as numerator,
        measured.denominator::decimal(20, 4) as denominator,
        measured.report_count::integer as report_count,
        measured.assumed_count::integer as assumed_count,
        round(measured.value_if_contained, 6)::decimal(20, 6) as value_if_contained,
        {%- for end, sign in [('low', '-'), ('high', '+')] %}
        case
            when measured.unit = 'share' then {{ wilson('measured.numerator', 'measured.denominator', sign) }}
        end::decimal(9, 6) as wilson_{{ end }},
        {%- endfor %}
        round(measured.mean_value, 6)::decimal(20, 6) as mean_value,
        {%- for place in ['lower_quartile', 'median_value', 'upper_quartile'] %}
        round(measured.{{ place }}, 6)::decimal(20, 6) as {{ place }},
        {%- endfor %}
        round(measured.change_on_year, 4)::decimal(20, 4) as change_on_year,
        measured.peer_count::integer as peer_count,
        measured.peer_rank::integer as peer_rank,
        measured.peer_percentile::decimal(9, 6) as peer_percentile,
        coalesce(
            measured.peer_count between {{ threshold('fewest_ranked') }} and {{ threshold('few_ranked') }}, false
        ) as is_rank_of_few,
    from measured
    inner join definitions on measured.metric_code = definitions.metric_code
)

select * from described
