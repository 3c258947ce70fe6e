-- A kind of body goes on as one other, and never, over any steps, as itself.
with going_on as (
    select * from {{ ref('agency_successions') }}
    where kind != 'split' and settled_year is not null
),

two_ways as (
    select from_body from going_on
    group by from_body
    having count(*) > 1
),

backwards as (
    select earlier.from_body
    from going_on as earlier
    inner join going_on as later on earlier.to_body = later.from_body
    where later.year <= earlier.year
)

select * from two_ways
union all
select * from backwards
