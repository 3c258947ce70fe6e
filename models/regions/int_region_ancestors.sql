{# What each region lies in, and what it lay in before a county or prefecture was dissolved or renamed. #}
with places as (
    select * from {{ ref('int_region_places') }}
),

-- A county and what it came from, two steps back.
predecessors as (
    select successor_code as region_code, region_code as predecessor_code
    from places
    where successor_code is not null
),

counties_through_time as (
    select region_code, region_code as earlier_code from places
    union all
    select region_code, predecessor_code from predecessors
    union all
    select later.region_code, earlier.predecessor_code
    from predecessors as later
    inner join predecessors as earlier on later.predecessor_code = earlier.region_code
),

through_time as (
    select region_code, county_code as ancestor_code from places
    where level_code = 'township' and county_code is not null
    union all
    select places.region_code, earlier.earlier_code
    from places
    inner join counties_through_time as earlier
        on coalesce(places.county_code, places.region_code) = earlier.region_code
    where earlier.earlier_code != places.region_code
),

ancestors as (
    select region_code, ancestor_code from through_time
    union all
    select through_time.region_code, places.prefecture_code
    from through_time
    inner join places on through_time.ancestor_code = places.region_code
    where places.prefecture_code is not null
    union all
    select region_code, prefecture_code from places
    where level_code in ('county', 'township') and prefecture_code is not null
    union all
    select region_code, province_code from places
    where level_code != 'province'
),

distinct_ancestors as (
    select distinct region_code, ancestor_code
    from ancestors
    where region_code != ancestor_code
)

select * from distinct_ancestors
