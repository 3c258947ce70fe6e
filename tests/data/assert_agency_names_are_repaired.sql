-- Each repair makes of its example what the row says.
{%- set _ = agency_pattern('') %}
with repaired as (
    {%- for row in seed_rows(ref('agency_name_repairs'), 'repair_no') %}
    select
        {{ literal(row['repair_id']) }} as repair_id,
        {{ literal(row['example_gives']) }} as expected,
        {{ repaired_name(literal(row['example']), row) }} as found,
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

repaired_otherwise as (
    select * from repaired
    where found is distinct from expected
)

select * from repaired_otherwise
