-- The provinces add to what the bulletins give for the country, less its soldiers (and, in 2000 and 2010, the 1.05 and
-- 4.65 million whose place could not be told, figures that are rounded).
with provinces as (
    select year, count(*) as province_count, sum(population) as population
    from {{ ref('populations') }}
    where region_code like '%0000'
    group by year
),

countries as (
    select * from (values
        (2000, 1265830000 - 2500000 - 1050000, 5000),
        (2010, 1339724852 - 2300000 - 4650000, 5000),
        (2020, 1411778724 - 2000000, 0),
        (2021, 1412600000 - 2000000, 0),
        (2022, 1411750000 - 2000000, 0),
        (2023, 1409670000 - 2000000, 0),
        (2024, 1408280000 - 2000000, 0)
    ) as countries (year, population, rounding)
)

select *
from countries
left join provinces on countries.year = provinces.year
where provinces.province_count is distinct from 31
    or abs(provinces.population - countries.population) > countries.rounding
