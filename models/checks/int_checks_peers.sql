{{ config(materialized='by_document') }}

with years_to_build as (
    {{ keys_to_build('int_year_contexts') }}
),

reports as (
    select * from {{ ref('dim_report') }} where year in (select year from years_to_build)
),

pairs as (
    {{ figures_year_on_year('peers', 'reports') }}
),

log_ratios as (
    select *, ln(value / previous_value) as log_ratio from pairs
    where value > 0 and previous_value > 0
),

peers as (
    select
        *,
        count(*) over among_peers as peer_count,
        median(log_ratio) over among_peers as median_log_ratio,
        mad(log_ratio) over among_peers as spread,
    from log_ratios
    window among_peers as (partition by year, level_code, agency_kind, scope, indicator_code)
),

scored as (
    select *, (log_ratio - median_log_ratio) / (1.4826 * nullif(spread, 0)) as robust_z from peers
),

judged as (
    select
        report_id,
        year,
        check_code,
        'all' as applicant_type,
        indicator_code as subject,
        case
            when peer_count < {{ threshold('fewest_peers') }} or robust_z is null then 'not_applicable'
            when abs(robust_z) > tolerance
                and abs(value - previous_value) >= {{ threshold('smallest_jump') }}
                -- Where all peers change alike, the least difference is many times theirs.
                and exp(abs(log_ratio - median_log_ratio)) >= {{ threshold('smallest_step_apart') }}
                then 'fail'
            else 'pass'
        end as result,
        (previous_value * exp(median_log_ratio))::decimal(20, 4) as expected,
        value as actual,
        (value - expected)::decimal(20, 4) as difference,
        0 as blank_count,
        observation_ids,
        name_zh || '，z=' || round(robust_z, 1) as detail_zh,
        name_en || ', z=' || round(robust_z, 1) as detail_en,
    from scored
)

select * from judged
