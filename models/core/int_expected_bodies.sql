{# Who must report, as somebody listed it: the names are brought into the shape of agency_key. #}
{%- set agency_rules = seed_rows(ref('agency_rules'), 'rule_order') -%}
with given as (
    select region_code, agency, from_year, to_year from {{ ref('expected_bodies') }}
    union
    select region_code, agency, from_year, to_year from {{ ref('stg_raw__expected_bodies') }}
),

region_names as (
    select * from {{ ref('int_region_names') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

-- 浙江省湖州市德清县水利局: what stands behind the longest name of its own place is the body's own name.
placed as (
    select
        given.region_code,
        given.agency,
        given.from_year,
        given.to_year,
        regions.level_code,
        regions.name as region_name,
        arg_max(
            substr(given.agency, position(region_names.form in given.agency) + length(region_names.form)),
            length(region_names.form)
        ) filter (where contains(given.agency, region_names.form)) as behind_place,
    from given
    left join regions on given.region_code = regions.region_code
    left join region_names on given.region_code = region_names.region_code
    group by all
),

own_names as (
    select *, coalesce(behind_place, agency) as own_name from placed
),

read as (
    select
        region_code,
        agency,
        from_year,
        to_year,
        if(region_code is null, 'national', level_code) as level_code,
        -- 某县, 某县政府 and 某县人民政府 are the government; a town's office writes for the town.
        region_code is not null
        and (
            regexp_full_match(own_name, '{{ government_word('place') }}?')
            or level_code = 'township' and regexp_full_match(own_name, '{{ government_word('township') }}')
        ) as is_government,
        own_name,
        -- A department is named with its place.
        if(region_code is null or behind_place is not null, agency, region_name || agency) as agency_name,
    from own_names
),

keyed as (
    select
        case
            when region_code is null then agency
            else region_code || '|' || if(is_government, '人民政府', own_name)
        end as agency_key,
        agency_name,
        case
            when is_government then 'government'
            {%- for rule in agency_rules %}
            when regexp_matches(agency_name, {{ literal(rule['pattern']) }}) then {{ literal(rule['agency_kind']) }}
            {%- endfor %}
        end as agency_kind,
        region_code,
        level_code,
        from_year,
        to_year,
    from read
),

described as (
    select
        agency_key,
        any_value(agency_name) as agency_name,
        any_value(agency_kind) as agency_kind,
        any_value(region_code) as region_code,
        any_value(level_code) as level_code,
        case when count(from_year) = count(*) then min(from_year) end as from_year,
        case when count(to_year) = count(*) then max(to_year) end as to_year,
    from keyed
    group by agency_key
)

select * from described
