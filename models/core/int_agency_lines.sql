{# Which bodies are one through time: those of one place through its codes, whose names take each other's place. #}
{%- set wordings = seed_rows(ref('agency_wordings'), 'body') -%}
{%- set _ = agency_pattern('') -%}
with identified as (
    select agency_key, region_code, year from {{ ref('int_reports_identified') }}
    where agency_key is not null
),

expected as (
    select agency_key, region_code from {{ ref('int_expected_bodies') }}
),

agencies as (
    select
        agency_key,
        any_value(region_code) as region_code,
        list_sort(list(distinct year) filter (where year is not null)) as years,
    from (
        select * from identified
        union all by name
        select * from expected
    ) as named
    group by agency_key
),

worded as (
    select
        *,
        -- The name without its place; bodies of no place have no more than their name.
        if(region_code is null, agency_key, substr(agency_key, length(region_code) + 2)) as own_name,
        case
            {%- for wording in wordings %}
            when regexp_full_match(own_name, {{ literal(agency_pattern(wording['pattern'])) }}) then {{ literal(wording['body']) }}
            {%- endfor %}
        end::varchar as body,
    from agencies
),

lines as (
    select
        worded.agency_key,
        worded.region_code,
        worded.years,
        concat_ws(
            '|', coalesce(region_lines.line_code, worded.region_code), coalesce(body_lines.line, worded.own_name)
        ) as entity_key,
        coalesce(body_lines.body_no, 1) as body_no,
        coalesce(body_lines.steps_ahead, 0) as steps_ahead,
        body_lines.succession_no,
        greatest(body_lines.begins_year, region_lines.valid_from_year) as begins_year,
        least(body_lines.ends_year, region_lines.valid_to_year) as ends_year,
    from worded
    left join {{ ref('int_region_lines') }} as region_lines on worded.region_code = region_lines.region_code
    left join {{ ref('int_body_lines') }} as body_lines on worded.body = body_lines.body
),

-- Two that report about the same year are two bodies: the one that goes on longer, by the order of the successions, is
-- the one that is followed.
apart as (
    select distinct these.agency_key
    from lines as these
    inner join lines as others
        on these.entity_key = others.entity_key
        and these.agency_key != others.agency_key
        and list_has_any(these.years, others.years)
    where row(-others.steps_ahead, -coalesce(others.succession_no, 0), others.years[-1], others.agency_key)
        > row(-these.steps_ahead, -coalesce(these.succession_no, 0), these.years[-1], these.agency_key)
),

described as (
    select
        lines.agency_key,
        if(apart.agency_key is null, lines.entity_key, lines.agency_key) as entity_key,
        lines.body_no,
        -- What reported was there, whatever the lists say.
        case when lines.begins_year is not null then least(lines.begins_year, lines.years[1]) end::integer
            as exists_from_year,
        case when lines.ends_year is not null then greatest(lines.ends_year, lines.years[-1]) end::integer
            as exists_to_year,
    from lines
    left join apart on lines.agency_key = apart.agency_key
)

select * from described
