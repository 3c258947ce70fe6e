{# Which codes are one place through time. A place goes on under another code where it was renumbered, or made a city or
   a district; where several were put together, or one was put into another, it ends. #}
with places as (
    select * from {{ ref('int_region_places') }}
),

-- The names that a code has borne, each with its stem.
stems as (
    select region_code, name, valid_from_year, {{ short_region_name('name') }} as stem from {{ ref('regions') }}
),

counties_followed as (
    select
        places.region_code,
        places.name,
        places.short_name,
        places.valid_to_year,
        places.successor_code,
        count(*) over (partition by places.successor_code) as predecessor_count,
        successors.valid_from_year as successor_from_year,
    from places
    inner join places as successors on places.successor_code = successors.region_code
),

-- 密云县 goes on as 密云区, and 唐海县, the only one of which it was made, as 曹妃甸区; 崇文区 went into 东城区, which was there.
counties_going_on as (
    select distinct followed.region_code, followed.successor_code
    from counties_followed as followed
    inner join stems
        on followed.successor_code = stems.region_code
        and (
            followed.name = stems.name
            or followed.short_name = stems.stem and stems.valid_from_year >= followed.valid_to_year
            or followed.predecessor_count = 1 and followed.successor_from_year >= followed.valid_to_year
        )
),

-- The county that holds today what a county held, wherever it went.
counties_today as (
    select
        counties.region_code,
        coalesce(third.region_code, second.region_code, first.region_code, counties.region_code) as today_code,
    from places as counties
    left join places as first on counties.successor_code = first.region_code
    left join places as second on first.successor_code = second.region_code
    left join places as third on second.successor_code = third.region_code
    where counties.level_code = 'county'
),

towns as (
    select
        places.region_code,
        places.name,
        places.short_name,
        places.valid_from_year,
        places.valid_to_year,
        coalesce(counties_today.today_code, places.parent_code) as today_code,
    from places
    left join counties_today on places.county_code = counties_today.region_code
    where places.level_code = 'township'
),

-- A town that was renumbered with its county, or from 乡 became 镇: the same stem in the same county, the year after.
towns_going_on as (
    select towns.region_code, later.region_code as successor_code
    from towns
    inner join towns as later
        on towns.today_code = later.today_code
        and towns.short_name = later.short_name
        and later.valid_from_year between towns.valid_to_year and towns.valid_to_year + 1
        and towns.region_code != later.region_code
    qualify count(*) over (partition by towns.region_code) = 1
        and count(*) over (partition by later.region_code) = 1
),

going_on as (
    select * from counties_going_on
    union all
    select * from towns_going_on
),

-- One step after the other, to the newest code.
lines as (
    select
        places.region_code,
        coalesce(third.successor_code, second.successor_code, first.successor_code, places.region_code) as line_code,
        places.valid_from_year,
        places.valid_to_year,
    from places
    left join going_on as first on places.region_code = first.region_code
    left join going_on as second on first.successor_code = second.region_code
    left join going_on as third on second.successor_code = third.region_code
)

select * from lines
