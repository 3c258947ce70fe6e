with harmonised as (
    select * from {{ ref('harmonised_series') }}
),

stated as (
    select * from {{ ref('int_series_values') }}
),

spans as (
    select agency_id, scope, series_code, unnest(range(min(year), max(year) + 1))::integer as year
    from stated
    group by agency_id, scope, series_code
),

-- Every year from the first to the last that is stated; the years between without a figure are gaps.
continuous as (
    select
        spans.agency_id,
        spans.scope,
        spans.series_code,
        spans.year,
        stated.report_id,
        stated.form,
        stated.value,
        stated.is_exact,
        lag(stated.form ignore nulls) over by_year as previous_form,
        lag(stated.value ignore nulls) over by_year as previous_value,
        lag(spans.year + 0 * stated.value ignore nulls) over by_year as previous_year,
        first_value(stated.value) over by_year as first_value,
        first_value(spans.year) over by_year as first_year,
    from spans
    left join stated
        on spans.agency_id = stated.agency_id
        and spans.scope is not distinct from stated.scope
        and spans.series_code = stated.series_code
        and spans.year = stated.year
    window by_year as (partition by spans.agency_id, spans.scope, spans.series_code order by spans.year)
),

described as (
    select
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
        harmonised.grade,
        coalesce(continuous.form != continuous.previous_form and harmonised.grade != 'A', false) as is_break,
        case when is_break then continuous.previous_form || ' → ' || continuous.form || ': ' || harmonised.note end
            as break_note,
        case
            when continuous.previous_year = continuous.year - 1 and continuous.previous_value != 0
                then round((continuous.value / continuous.previous_value - 1) * 100, 4)
        end::decimal(20, 4) as change_percent,
        case
            when continuous.first_value != 0 then round(continuous.value / continuous.first_value * 100, 4)
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
