{# How many people live in a place in each year: as counted, in between by a straight line, for some years after the last count by that. #}
with counts as (
    select * from {{ ref('populations') }}
),

regions as (
    select regions.*, lines.line_code
    from {{ ref('dim_region') }} as regions
    inner join {{ ref('int_region_lines') }} as lines on regions.region_code = lines.region_code
),

-- A county that became a district goes on: its counts are of one place.
counted as (
    select regions.line_code, counts.*
    from counts
    inner join regions on counts.region_code = regions.region_code
    qualify row_number() over (
        partition by regions.line_code, counts.year
        order by coalesce(regions.valid_from_year, 0) desc, counts.region_code
    ) = 1
),

spans as (
    select
        line_code,
        least(min(year), (select min(from_year) from {{ ref('disclosure_regimes') }})) as first_year,
        max(year) + {{ threshold('years_of_last_count') }} as last_year,
    from counted
    group by line_code
),

years as (
    select line_code, unnest(range(first_year::bigint, last_year::bigint + 1))::integer as year from spans
),

around as (
    select
        years.line_code,
        years.year,
        counted.population as counted,
        counted.basis,
        counted.source,
        last_value(counted.year ignore nulls) over up_to as year_before,
        last_value(counted.population ignore nulls) over up_to as population_before,
        last_value(counted.source ignore nulls) over up_to as source_before,
        first_value(counted.year ignore nulls) over onwards as year_after,
        first_value(counted.population ignore nulls) over onwards as population_after,
        first_value(counted.source ignore nulls) over onwards as source_after,
    from years
    left join counted on years.line_code = counted.line_code and years.year = counted.year
    window
        up_to as (
            partition by years.line_code order by years.year rows between unbounded preceding and current row
        ),
        onwards as (
            partition by years.line_code order by years.year rows between current row and unbounded following
        )
),

estimated as (
    select
        line_code,
        year,
        case
            when counted is not null then basis
            when year_before is null then 'not_known'
            when year_after is null then 'last_count'
            else 'interpolated'
        end as basis,
        case
            when counted is not null then counted
            when year_before is null then null
            when year_after is null then population_before
            else round(
                population_before
                + (population_after - population_before) * (year - year_before)::double / (year_after - year_before)
            )
        end as population,
        case
            when counted is not null then source
            when year_before is null then null
            when year_after is null or source_before = source_after then source_before
            else source_before || '；' || source_after
        end as source,
        year_before,
        year_after,
    from around
),

described as (
    select
        regions.region_code,
        estimated.year,
        estimated.population::bigint as population,
        estimated.basis,
        estimated.year_before as counted_before_year,
        estimated.year_after as counted_after_year,
        estimated.source,
    from estimated
    inner join regions on estimated.line_code = regions.line_code
    where estimated.year between coalesce(regions.valid_from_year, estimated.year)
        and coalesce(regions.valid_to_year, estimated.year)
)

select * from described
