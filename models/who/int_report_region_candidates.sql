{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

chosen as (
    select chosen.*
    from {{ ref('int_agencies_chosen') }} as chosen
    inner join documents_to_build on chosen.document_id = documents_to_build.document_id
),

texts as (
    select texts.document_id, texts.department_self_count
    from {{ ref('int_report_texts') }} as texts
    inner join documents_to_build on texts.document_id = documents_to_build.document_id
),

places_named as (
    select places.document_id, places.form, places.region_code
    from {{ ref('int_report_places') }} as places
    inner join documents_to_build on places.document_id = documents_to_build.document_id
),

regions as (
    select region_code, name, level_code from {{ ref('int_region_places') }}
),

named as (
    select
        document_id,
        unnest(codes) as region_code,
        len(codes) as candidate_count,
        own_form,
        own_kind != 'short' as is_full_name,
        len(chain) > 1 and is_consistent as is_placed_by_name,
        is_consistent,
        false as is_from_text,
    from chosen
    where len(chain) > 0
),

-- A name without a place in it, or none at all where a department speaks.
unplaced as (
    select texts.document_id, left(chosen.rest, 1) as level_word
    from texts
    left join chosen on texts.document_id = chosen.document_id
    where coalesce(chosen.has_no_place, true)
        and (chosen.document_id is not null or texts.department_self_count >= {{ weight('department_self') }})
),

-- The places of the level that it names, as far as the report names them.
spoken_of as (
    select
        places_named.document_id,
        places_named.region_code,
        null::integer as candidate_count,
        places_named.form as own_form,
        true as is_full_name,
        false as is_placed_by_name,
        true as is_consistent,
        true as is_from_text,
    from places_named
    inner join unplaced on places_named.document_id = unplaced.document_id
    inner join regions on places_named.region_code = regions.region_code
    where case unplaced.level_word
        when '县' then regions.level_code = 'county'
        when '区' then regions.level_code = 'county'
        when '旗' then regions.level_code = 'county'
        when '州' then regions.level_code = 'prefecture'
        when '省' then regions.level_code = 'province'
        when '市' then regions.level_code != 'province' or regions.name like '%市'
        else true
    end
)

select * from named
union all
select * from spoken_of
