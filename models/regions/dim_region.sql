with region_places as (
    select * from {{ ref('int_region_places') }}
),

described as (
    select
        places.region_code,
        places.name,
        places.short_name,
        places.former_names,
        places.level_code,
        places.parent_code,
        provinces.region_code as province_code,
        provinces.name as province_name,
        prefectures.region_code as prefecture_code,
        prefectures.name as prefecture_name,
        counties.region_code as county_code,
        counties.name as county_name,
        places.valid_from_year,
        places.valid_to_year,
        places.successor_code,
    from region_places as places
    left join region_places as provinces on places.province_code = provinces.region_code
    left join region_places as prefectures on places.prefecture_code = prefectures.region_code
    left join region_places as counties on places.county_code = counties.region_code
)

select * from described
