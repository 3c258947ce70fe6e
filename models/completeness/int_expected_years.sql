{# Who is expected to report about which year, and which body of an entity that is. #}
{%- set body_names = seed_rows(ref('body_names'), 'name_order', "place_kind != 'zone'") -%}
with reports as (
    select * from {{ ref('dim_report') }} where is_current and year is not null
),

agencies as (
    select * from {{ ref('dim_agency') }}
),

regions as (
    select regions.*, lines.line_code
    from {{ ref('dim_region') }} as regions
    inner join {{ ref('int_region_lines') }} as lines on regions.region_code = lines.region_code
),

listed as (
    select expected.*, agencies.entity_id
    from {{ ref('int_expected_bodies') }} as expected
    inner join agencies on {{ agency_id('expected.agency_key') }} = agencies.agency_id
),

years_seen as (
    select distinct year from reports
),

-- From its first body's beginning to its last one's end.
entities as (
    select
        agencies.entity_id,
        arg_max(agencies.region_code, coalesce(agencies.last_year, 0)) as region_code,
        arg_max(agencies.level_code, coalesce(agencies.last_year, 0)) as level_code,
        any_value(regions.line_code) as line_code,
        bool_or(agencies.agency_kind = 'government') as is_government,
        sum(agencies.report_count) > 0 as has_reports,
        case when count(agencies.exists_from_year) = count(*) then min(agencies.exists_from_year) end
            as exists_from_year,
        case when count(agencies.exists_to_year) = count(*) then max(agencies.exists_to_year) end as exists_to_year,
    from agencies
    left join regions on agencies.region_code = regions.region_code
    group by agencies.entity_id
),

-- A list speaks for the regions that it names; NULL are national bodies.
listed_lines as (
    select distinct regions.line_code, regions.parent_code
    from listed
    left join regions on listed.region_code = regions.region_code
),

by_list as (
    select
        listed.entity_id,
        years_seen.year,
        'list' as expected_by,
    from listed
    cross join years_seen
    where years_seen.year between coalesce(listed.from_year, years_seen.year) and coalesce(listed.to_year, years_seen.year)
),

-- Elsewhere, who reported once is expected again, in each year about which anybody reported.
by_reports as (
    select
        entities.entity_id,
        years_seen.year,
        'own_reports' as expected_by,
    from entities
    anti join listed_lines on entities.line_code is not distinct from listed_lines.line_code
    cross join years_seen
    where entities.has_reports
),

entity_years as (
    select
        expected.entity_id,
        entities.region_code,
        entities.line_code,
        entities.level_code,
        expected.year,
        min(expected.expected_by) as expected_by,
    from (select * from by_list union all select * from by_reports) as expected
    inner join entities on expected.entity_id = entities.entity_id
    where expected.year between coalesce(entities.exists_from_year, expected.year)
        and coalesce(entities.exists_to_year, expected.year)
    group by all
),

-- The regions that the folder touches: those with a report of any body, and the others within a place that reports itself.
touched as (
    select distinct regions.line_code, regions.region_code, regions.parent_code
    from reports
    inner join regions on reports.region_code = regions.region_code
),

touched_lines as (
    select line_code from touched
    union
    select regions.line_code
    from regions
    inner join touched as siblings on regions.parent_code = siblings.parent_code
    inner join touched as parents on regions.parent_code = parents.region_code
    anti join listed_lines on regions.parent_code = listed_lines.parent_code
),

-- The government of each, where none has reported yet.
government_years as (
    select
        null::varchar as entity_id,
        regions.region_code,
        regions.line_code,
        regions.level_code,
        years_seen.year,
        'region' as expected_by,
    from regions
    inner join touched_lines on regions.line_code = touched_lines.line_code
    anti join listed_lines on regions.line_code = listed_lines.line_code
    anti join (select line_code from entities where is_government) as known on regions.line_code = known.line_code
    cross join years_seen
    where years_seen.year between coalesce(regions.valid_from_year, years_seen.year)
        and coalesce(regions.valid_to_year, years_seen.year)
),

-- The code that a place had in the year.
placed as (
    select
        entity_years.entity_id,
        coalesce(
            min(regions.region_code) filter (where regions.region_code = entity_years.region_code),
            min(regions.region_code),
            entity_years.region_code
        ) as region_code,
        entity_years.level_code,
        entity_years.year,
        entity_years.expected_by,
    from entity_years
    left join regions
        on entity_years.line_code = regions.line_code
        and entity_years.year between coalesce(regions.valid_from_year, entity_years.year)
        and coalesce(regions.valid_to_year, entity_years.year)
    group by
        entity_years.entity_id, entity_years.region_code, entity_years.level_code, entity_years.year,
        entity_years.expected_by
),

-- The body that the entity was in the year: the one that reported last until then, else the first.
named as (
    select
        placed.*,
        coalesce(
            arg_max(agencies.agency_id, coalesce(agencies.first_year, 0))
                filter (where coalesce(agencies.first_year, 0) <= placed.year),
            arg_min(agencies.agency_id, agencies.first_year)
        ) as agency_id,
    from placed
    inner join agencies on placed.entity_id = agencies.entity_id
    group by all
),

described as (
    select
        named.entity_id,
        named.agency_id,
        agencies.agency_name,
        named.region_code,
        named.level_code,
        named.year,
        named.expected_by,
    from named
    inner join agencies on named.agency_id = agencies.agency_id
    union all
    select
        government_years.entity_id,
        null as agency_id,
        case
            {%- for row in body_names %}
            when regexp_matches(regions.name, {{ literal('(?:' ~ row['place_ending'] ~ ')$') }})
                and regions.level_code {{ '=' if row['place_kind'] == 'township' else '!=' }} 'township'
                then regions.name || {{ literal(row['body']) }}
            {%- endfor %}
            else regions.name
        end as agency_name,
        government_years.region_code,
        government_years.level_code,
        government_years.year,
        government_years.expected_by,
    from government_years
    inner join regions on government_years.region_code = regions.region_code
)

select * from described
