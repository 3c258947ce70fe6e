-- The first wording that fits the example of a kind of body is that body's own.
{%- set _ = agency_pattern('') %}
{%- set wordings = seed_rows(ref('agency_wordings'), 'body') %}
with decided as (
    select
        body,
        example,
        case
            {%- for wording in wordings %}
            when regexp_full_match(example, {{ literal(agency_pattern(wording['pattern'])) }}) then {{ literal(wording['body']) }}
            {%- endfor %}
        end as decided_as,
    from {{ ref('agency_wordings') }}
),

decided_otherwise as (
    select * from decided
    where decided_as is distinct from body
)

select * from decided_otherwise
