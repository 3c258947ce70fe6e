-- The provinces add to what the bulletins give for the country, less its soldiers (and, in 2010, the 4.65 million
-- whose place could not be told, a figure that is rounded).
with provinces as (
    select year, count(*) as province_count, sum(population) as population
    from {{ ref('populations') }}
    where region_code like '%0000'
    group by year
)

select * from provinces
where (year = 2020 and (province_count != 31 or population != 1411778724 - 2000000))
    or (year = 2010 and (province_count != 31 or abs(population - (1339724852 - 2300000 - 4650000)) > 5000))
