-- Each rule finds in its example the name that the row says.
{%- set _ = agency_pattern('') %}
with found as (
    {%- for row in seed_rows(ref('agency_phrases'), 'phrase_order') %}
    select
        {{ literal(row['rule_id']) }} as rule_id,
        {{ literal(row['example_name']) }} as expected,
        regexp_extract({{ literal(row['example']) }}, {{ literal(agency_pattern(row['pattern'])) }}, 1) as found,
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

found_otherwise as (
    select * from found
    where found is distinct from expected
)

select * from found_otherwise
