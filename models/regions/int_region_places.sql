with regions as (
    select * from {{ ref('regions') }}
),

townships as (
    select *, null as successor_code from {{ ref('townships') }}
),

names as (
    select * from regions
    union all by name
    select * from townships
),

-- One row a code: its newest name; valid from the oldest name's first year to the newest name's last.
places as (
    select
        region_code,
        arg_max(name, coalesce(valid_to_year, 9999)) as name,
        list(name order by valid_to_year) filter (where valid_to_year is not null) as earlier_names,
        case when count(valid_from_year) = count(*) then min(valid_from_year) end as valid_from_year,
        case when count(valid_to_year) = count(*) then max(valid_to_year) end as valid_to_year,
        any_value(successor_code) as successor_code,
    from names
    group by region_code
),

leveled as (
    select
        *,
        case
            when length(region_code) = 9 then 'township'
            when region_code like '__0000' then 'province'
            when region_code like '____00' then 'prefecture'
            else 'county'
        end as level_code,
    from places
),

-- 市辖区 and 省直辖 have codes but are no places: what stands below them belongs to the province. A few prefectures
-- have no counties: their townships stand right below them.
placed as (
    select
        places.region_code,
        places.name,
        {{ short_region_name('places.name') }} as short_name,
        array_to_string(
            list_filter(places.earlier_names, lambda earlier_name: earlier_name != places.name), '、'
        ) as former_names,
        places.level_code,
        left(places.region_code, 2) || '0000' as province_code,
        case when places.level_code != 'province' then prefectures.region_code end as prefecture_code,
        case when counties.level_code = 'county' then counties.region_code end as county_code,
        places.valid_from_year,
        places.valid_to_year,
        places.successor_code,
    from leveled as places
    left join leveled as prefectures
        on left(places.region_code, 4) || '00' = prefectures.region_code and prefectures.level_code = 'prefecture'
    left join leveled as counties on left(places.region_code, 6) = counties.region_code
),

with_parents as (
    select
        * replace (nullif(former_names, '') as former_names),
        case level_code
            when 'prefecture' then province_code
            when 'county' then coalesce(prefecture_code, province_code)
            when 'township' then coalesce(county_code, prefecture_code, province_code)
        end as parent_code,
    from placed
)

select * from with_parents
