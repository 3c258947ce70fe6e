{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

candidates as (
    select candidates.*
    from {{ ref('int_report_region_candidates') }} as candidates
    inner join documents_to_build on candidates.document_id = documents_to_build.document_id
),

texts as (
    select texts.document_id, texts.area_code, texts.postcode
    from {{ ref('int_report_texts') }} as texts
    inner join documents_to_build on texts.document_id = documents_to_build.document_id
),

years as (
    select years.document_id, years.year
    from {{ ref('int_report_years') }} as years
    inner join documents_to_build on years.document_id = documents_to_build.document_id
),

parents as (
    select parents.*
    from {{ ref('int_report_region_parents') }} as parents
    inner join documents_to_build on parents.document_id = documents_to_build.document_id
),

regions as (
    select * from {{ ref('int_region_places') }}
),

region_names as (
    select * from {{ ref('int_region_names') }}
),

dialling as (
    select * from {{ ref('dialling') }}
),

-- Another phrase of the report that names the same place together with what it lies in.
named_with_parents as (
    select distinct readings.document_id, readings.own_form, unnest(readings.codes) as region_code
    from {{ ref('int_agency_readings') }} as readings
    inner join documents_to_build on readings.document_id = documents_to_build.document_id
    where len(readings.chain) > 1 and readings.is_consistent
),

mentions as (
    select places.document_id, places.region_code, max(places.mention_count) as mention_count
    from {{ ref('int_report_places') }} as places
    inner join documents_to_build on places.document_id = documents_to_build.document_id
    group by places.document_id, places.region_code
),

-- The place whose government runs the site, or is the site's name.
sites as (
    select distinct page_hints.document_id, region_names.region_code
    from {{ ref('int_page_hints') }} as page_hints
    inner join documents_to_build on page_hints.document_id = documents_to_build.document_id
    inner join region_names on regexp_extract(page_hints.hint, '^(\p{Han}{2,16}?)人民政府', 1) = region_names.form
    where page_hints.kind in ('publisher', 'page_title', 'breadcrumb') and region_names.form_kind = 'full'
),

joined as (
    select
        candidates.*,
        regions.name as region_name,
        regions.level_code,
        regions.successor_code,
        -- The years of the name: a code may have been another place's before.
        coalesce(names.valid_from_year, 0) as valid_from,
        coalesce(names.valid_to_year, 9999) as valid_to,
        years.year,
        texts.area_code,
        coalesce(prefecture_dialling.area_code, province_dialling.area_code) as area_code_there,
        texts.postcode,
        nullif(coalesce(prefecture_dialling.postcode, province_dialling.postcode), '') as postcode_there,
        parents.parents_named,
        coalesce(parents.parent_score, 0) as parent_score,
        named_with_parents.region_code is not null as is_named_with_parents,
        mentions.mention_count,
        sites.region_code is not null as is_of_site,
    from candidates
    inner join regions on candidates.region_code = regions.region_code
    inner join texts on candidates.document_id = texts.document_id
    left join region_names as names
        on candidates.own_form = names.form and candidates.region_code = names.region_code
    left join years on candidates.document_id = years.document_id
    left join dialling as prefecture_dialling
        on coalesce(regions.prefecture_code, regions.county_code, regions.region_code) = prefecture_dialling.region_code
    left join dialling as province_dialling on regions.province_code = province_dialling.region_code
    left join parents
        on candidates.document_id = parents.document_id and candidates.region_code = parents.region_code
    left join sites
        on candidates.document_id = sites.document_id and candidates.region_code = sites.region_code
    left join named_with_parents
        on candidates.document_id = named_with_parents.document_id
        and candidates.own_form = named_with_parents.own_form
        and candidates.region_code = named_with_parents.region_code
    left join mentions
        on candidates.document_id = mentions.document_id and candidates.region_code = mentions.region_code
),

scored as (
    select
        *,
        case
            when area_code is null or area_code_there is null then 0
            when area_code = area_code_there then {{ weight('area_code_agrees') }}
            else {{ weight('area_code_differs') }}
        end as dialling_score,
        case
            when postcode is null or postcode_there is null then 0
            when left(postcode, 4) = left(postcode_there, 4) then {{ weight('postcode_4_digits_agree') }}
            when left(postcode, 3) = left(postcode_there, 3) then {{ weight('postcode_3_digits_agree') }}
            when left(postcode, 2) = left(postcode_there, 2) then {{ weight('postcode_2_digits_agree') }}
            else {{ weight('postcode_differs') }}
        end as postcode_score,
        case
            when year is null or year between valid_from and valid_to then 0
            when year between valid_from - 1 and valid_to + 1 then {{ weight('name_a_year_off') }}
            else {{ weight('name_of_other_years') }}
        end as validity_score,
        case
            when is_from_text
                then {{ weight('place_in_text') }}
                    + least(coalesce(mention_count, 0), {{ weight('place_in_text_mentions_most') }})
                    -- The lowest of the places named is the report's, as long as others bear it out.
                    + case level_code
                        when 'county' then {{ weight('place_in_text_county') }}
                        when 'prefecture' then {{ weight('place_in_text_prefecture') }}
                        else {{ weight('place_in_text_province') }}
                    end
                    + if(is_of_site, {{ weight('place_in_text_of_site') }}, 0)
            -- 某高新区 and the same place by its full name (某市) are one.
            when not is_full_name and mention_count is not null then {{ weight('place_by_full_name_elsewhere') }}
            else 0
        end as mention_score,
    from joined
),

totaled as (
    select
        *,
        is_named_with_parents::integer * {{ weight('named_with_parents') }}
        + parent_score
        + dialling_score
        + postcode_score
        + validity_score
        + mention_score as score,
    from scored
)

select
    document_id, region_code, region_name, level_code, successor_code, candidate_count, is_full_name, is_placed_by_name,
    is_consistent, is_from_text, is_named_with_parents, parents_named, area_code, postcode, year, parent_score,
    dialling_score, postcode_score, validity_score, mention_score, score,
from totaled
