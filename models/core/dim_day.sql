with years as (
    select * from {{ ref('dim_year') }}
),

days as (
    select
        year,
        unnest(generate_series(make_date(year, 1, 1), make_date(year, 12, 31), interval 1 day))::date as day,
    from years
)

select * from days
