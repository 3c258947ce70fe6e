{{ config(materialized='by_document') }}

{# Each name of an agency taken apart: 甲省|乙市|丙县 are places one within the other, 财政局 is the rest. #}
{%- set agency_rules = seed_rows(ref('agency_rules'), 'rule_order') -%}
{%- set bodies = seed_rows(ref('body_names'), 'name_order') -%}
{%- set longest_district_name = weight('longest_district_name') -%}
{%- set zone = words('agency_endings', "kind = 'zone'", 'ending') -%}
{%- set township = words('agency_endings', "kind = 'township'", 'ending') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

phrases as (
    select phrases.*
    from {{ ref('int_agency_phrases') }} as phrases
    inner join documents_to_build on phrases.document_id = documents_to_build.document_id
),

region_names as (
    select * from {{ ref('int_region_names') }}
),

region_ancestors as (
    select * from {{ ref('int_region_ancestors') }}
),

-- 国家税务总局某县税务局: the central body's name stands before the places.
prefixed as (
    select
        document_id,
        phrase_no,
        phrase,
        regexp_extract(phrase, '^(?:中华人民共和国)?{{ words('national_agencies', column='name') }}?') as prefix,
    from phrases
),

reading_0 as (
    select
        document_id,
        phrase_no,
        prefix,
        substr(phrase, length(prefix) + 1) as rest,
        []::varchar[] as chain,
        []::varchar[] as codes,
        '' as own_kind,
        true as is_consistent,
    from prefixed
),
{% for step in range(1, 5) %}
{#- 人民政府 may stand between a place and one within it: 某区人民政府某街道办事处. -#}
open_{{ step }} as (
    select
        *,
        case
            when {{ step }} > 1 and rest like '人民政府__%' then '人民政府'
            when {{ step }} > 1 and rest like '政府__%' then '政府'
            else ''
        end as link,
    from reading_{{ step - 1 }}
    where len(chain) = {{ step - 1 }}
),

beginnings_{{ step }} as (
    select
        open.document_id,
        open.phrase_no,
        open.codes,
        substr(open.rest, length(open.link) + 1, lengths.length) as form,
        substr(open.rest, length(open.link) + lengths.length + 1) as left_over,
    from open_{{ step }} as open
    cross join range(2, 16) as lengths (length)
    where length(open.rest) - length(open.link) >= lengths.length
),

places_{{ step }} as (
    select
        beginnings.document_id,
        beginnings.phrase_no,
        beginnings.form,
        case
            when bool_or(region_names.form_kind = 'full') then 'full'
            when bool_or(region_names.form_kind = 'variant') then 'variant'
            else 'short'
        end as form_kind,
        bool_or(region_names.level_code = 'county' and region_names.form_kind = 'full') as is_county_name,
        list(distinct region_names.region_code order by region_names.region_code) as all_codes,
        list(distinct region_names.region_code order by region_names.region_code) filter (
            where {{ step }} = 1 or region_ancestors.ancestor_code is not null
        ) as consistent_codes,
    from beginnings_{{ step }} as beginnings
    inner join region_names on beginnings.form = region_names.form
    left join region_ancestors
        on region_names.region_code = region_ancestors.region_code
        and list_contains(beginnings.codes, region_ancestors.ancestor_code)
    -- 公安 is a county too, but 公安局 is not its 局; nor does a subdistrict called after a street leave 街街道.
    where region_names.form_kind != 'short'
        or not regexp_full_match(beginnings.left_over, '{{ words('agency_endings', 'makes_one_word', 'ending') }}')
        and not regexp_full_match(beginnings.left_over, '[街路]街道(办事处|办)?')
    group by beginnings.document_id, beginnings.phrase_no, beginnings.form
),

-- The longest name that lies in the place before it. One that does not still counts where it is a county's full name
-- (lists and reports disagree on what lies where), and then decides nothing alone.
place_{{ step }} as (
    select *
    from places_{{ step }}
    where consistent_codes is not null or is_county_name
    qualify row_number() over (
        partition by document_id, phrase_no
        order by consistent_codes is null, length(form) desc
    ) = 1
),

reading_{{ step }} as (
    select
        reading.document_id,
        reading.phrase_no,
        reading.prefix,
        case
            when place.form is null then reading.rest
            else substr(reading.rest, length(coalesce(open.link, '')) + length(place.form) + 1)
        end as rest,
        case when place.form is null then reading.chain else list_append(reading.chain, place.form) end as chain,
        case
            when place.form is null then reading.codes
            else coalesce(place.consistent_codes, place.all_codes)
        end as codes,
        coalesce(place.form_kind, reading.own_kind) as own_kind,
        reading.is_consistent and (place.form is null or place.consistent_codes is not null) as is_consistent,
    from reading_{{ step - 1 }} as reading
    left join open_{{ step }} as open
        on reading.document_id = open.document_id and reading.phrase_no = open.phrase_no
    left join place_{{ step }} as place
        on reading.document_id = place.document_id and reading.phrase_no = place.phrase_no
),
{% endfor %}
-- A city's branch office works in one of its districts: 市公安局甲分局.
branch_offices as (
    select
        reading.document_id,
        reading.phrase_no,
        list(distinct region_names.region_code order by region_names.region_code) as codes,
    from reading_4 as reading
    inner join region_names on regexp_extract(reading.rest, '局(\p{Han}{2,5}?)分局$', 1) = region_names.form
    inner join region_ancestors
        on region_names.region_code = region_ancestors.region_code
        and list_contains(reading.codes, region_ancestors.ancestor_code)
    where region_names.level_code = 'county'
    group by reading.document_id, reading.phrase_no
),

-- A town that the lists do not have (dissolved before they begin) is known by its word all the same.
with_rest as (
    select
        phrases.*,
        reading.prefix,
        reading.chain,
        reading.own_kind,
        reading.is_consistent,
        reading.rest,
        regexp_extract(
            reading.rest,
            '^(?:人民政府)?(\p{Han}{1,7}{{ township }}){{ government_word('unlisted_township') }}?$',
            1
        ) as unlisted_township,
        case when unlisted_township = '' then coalesce(branch_offices.codes, reading.codes) else [] end as codes,
    from phrases
    inner join reading_4 as reading
        on phrases.document_id = reading.document_id and phrases.phrase_no = reading.phrase_no
    left join branch_offices
        on phrases.document_id = branch_offices.document_id and phrases.phrase_no = branch_offices.phrase_no
),

-- 某县, 某县政府 and 某县人民政府 are the government; a town's office writes for the town.
own_body as (
    select
        document_id,
        phrase_no,
        source_rank,
        source,
        block_no,
        phrase,
        prefix,
        chain,
        case when unlisted_township = '' then chain[-1] else unlisted_township end as own_form,
        case when unlisted_township = '' then own_kind else 'full' end as own_kind,
        codes,
        is_consistent,
        rest,
        unlisted_township != '' as is_unlisted,
        unlisted_township != '' or coalesce(length(codes[1]) = 9, false) as is_township,
        case
            when unlisted_township != '' then true
            when len(chain) = 0 then false
            when regexp_full_match(rest, '{{ government_word('place') }}?') then true
            when length(codes[1]) = 9 then regexp_full_match(rest, '{{ government_word('township') }}')
            else false
        end as is_government,
    from with_rest
),

-- The name by the convention: a township's own name alone, others with the places that they are named with.
named as (
    select
        *,
        array_to_string(chain, '') as chain_text,
        case
            when prefix != '' and rest = '' and len(chain) = 0 then prefix
            {%- for body in bodies if body['place_kind'] == 'township' %}
            when is_government and is_township and {{ named_by_ending(body) }}
            {%- endfor %}
            when is_government and is_township then own_form || rest
            {%- for body in bodies if body['place_kind'] == 'zone' %}
            -- A zone that the lists have; some districts are called 新区 too, and have a government.
            when is_government and own_kind = 'full' and length(own_form) > {{ longest_district_name }}
                and regexp_matches(own_form, '{{ zone }}$')
                then chain_text || {{ literal(body['body']) }}
            when not is_government and regexp_matches(rest, '{{ zone }}$')
                then chain_text || rest || {{ literal(body['body']) }}
            {%- endfor %}
            {%- for body in bodies if body['place_kind'] == 'place' %}
            when is_government and {{ named_by_ending(body) }}
            {%- endfor %}
            else prefix || chain_text || rest
        end as name,
    from own_body
),

judged as (
    select
        *,
        prefix != '' and rest = '' and len(chain) = 0 and prefix != '中华人民共和国' as is_national,
        regexp_matches(
            name, '{{ words('agency_endings', "kind in ('zone', 'quarter')", 'ending') }}(管理|工作)?(委员会|管委会)$'
        ) as is_zone,
        case
            {%- for rule in agency_rules %}
            when regexp_matches(name, {{ literal(rule['pattern']) }}) then {
                'agency_kind': {{ literal(rule['agency_kind']) }}, 'level_code': {{ literal(rule['level_code'] or '') }}
            }
            {%- endfor %}
        end as ruling,
        -- 市气象局, 县教育局: a body of the place that the text takes for granted.
        len(chain) = 0 and prefix = '' and not is_unlisted
        and regexp_matches(rest, '^[省市县区州旗盟].{2,}') as names_level_only,
    from named
),

readings as (
    select
        judged.* exclude (ruling),
        judged.ruling.agency_kind as agency_kind,
        nullif(judged.ruling.level_code, '') as level_by_kind,
    from judged
    inner join {{ ref('agency_sources') }} as sources on judged.source = sources.source
    where judged.ruling is not null
        -- Without a place only a title, a signature or a site that the text bears out names an agency.
        and (len(judged.chain) > 0 or judged.is_national or sources.names_without_place)
)

select * from readings
