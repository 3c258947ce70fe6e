{{ config(materialized='by_document') }}

with bodies_to_build as (
    {{ keys_to_build('int_body_contexts') }}
),

harmonised as (
    select * from {{ ref('harmonised_series') }}
),

stated as (
    select * from {{ ref('int_series_values') }}
    where entity_id in (select entity_id from bodies_to_build)
),

-- What lies between a figure and the one stated before it.
beside_the_last as (
    select
        *,
        lag(form) over by_year as previous_form,
        coalesce(meaning != lag(meaning) over by_year, false) as is_break,
        case
            when body_no != lag(body_no) over by_year then 'merge'
            when agency_id != lag(agency_id) over by_year then 'rename'
        end as body_change,
        not is_whole_year or not coalesce(lag(is_whole_year) over by_year, true) as is_after_a_part,
    from stated
    window by_year as (partition by entity_id, scope, series_code order by year)
),

-- Figures can be compared within a segment: not over a break or a merger, and a part of a year is one by itself.
in_segments as (
    select
        *,
        (1 + count(*) filter (where is_break or is_after_a_part or body_change = 'merge') over by_year)::integer
            as segment_no,
    from beside_the_last
    window by_year as (partition by entity_id, scope, series_code order by year)
),

compared as (
    select
        *,
        lag(year) over in_segment as previous_year,
        lag(value) over in_segment as previous_value,
        first_value(value) over in_segment as first_value,
        first_value(year) over in_segment as first_year,
    from in_segments
    window in_segment as (partition by entity_id, scope, series_code, segment_no order by year)
),

spans as (
    select entity_id, scope, series_code, unnest(range(min(year), max(year) + 1))::integer as year
    from stated
    group by entity_id, scope, series_code
),

-- Every year from the first to the last that is stated; the years between without a figure are gaps.
continuous as (
    select
        spans.entity_id,
        spans.scope,
        spans.series_code,
        spans.year,
        compared.* exclude (entity_id, scope, series_code, year, agency_id, segment_no),
        last_value(compared.agency_id ignore nulls) over by_year as agency_id,
        last_value(compared.segment_no ignore nulls) over by_year as segment_no,
    from spans
    left join compared
        on spans.entity_id = compared.entity_id
        and spans.scope is not distinct from compared.scope
        and spans.series_code = compared.series_code
        and spans.year = compared.year
    window by_year as (partition by spans.entity_id, spans.scope, spans.series_code order by spans.year)
),

described as (
    select
        continuous.entity_id,
        continuous.agency_id,
        continuous.scope,
        continuous.series_code,
        harmonised.name_zh,
        harmonised.name_en,
        continuous.year,
        continuous.report_id,
        continuous.form,
        continuous.value::decimal(20, 4) as value,
        harmonised.unit,
        continuous.is_exact,
        continuous.is_whole_year,
        harmonised.grade,
        coalesce(continuous.is_break, false) as is_break,
        case when continuous.is_break then concat_ws(': ', previous_form || ' → ' || form, harmonised.note) end
            as break_note,
        continuous.body_change,
        continuous.segment_no,
        case
            when continuous.previous_year = continuous.year - 1 and continuous.previous_value != 0
                then round((continuous.value / continuous.previous_value - 1) * 100, 4)
        end::decimal(20, 4) as change_percent,
        case
            when continuous.is_whole_year and continuous.first_value != 0
                then round(continuous.value / continuous.first_value * 100, 4)
        end::decimal(20, 4) as index_first_is_100,
        case
            when continuous.first_value > 0 and continuous.value > 0 and continuous.year > continuous.first_year
                then round(
                    (power(continuous.value / continuous.first_value, 1.0 / (continuous.year - continuous.first_year)) - 1)
                    * 100, 4
                )
        end::decimal(20, 4) as growth_a_year_percent,
    from continuous
    inner join harmonised on continuous.series_code = harmonised.series_code
)

select * from described
