-- Each rule's example is decided by that rule: it matches, and no rule before it does.
{%- set rules = seed_rows(ref('agency_rules'), 'rule_order') %}
{%- set _ = agency_pattern('') %}
with decided as (
    select
        rule_id,
        example,
        case
            {%- for rule in rules %}
            when regexp_matches(example, {{ literal(agency_pattern(rule['pattern'])) }}) then {{ literal(rule['rule_id']) }}
            {%- endfor %}
            else ''
        end as deciding_rule_id,
    from {{ ref('agency_rules') }}
),

undecided as (
    select * from decided
    where deciding_rule_id != rule_id
)

select * from undecided
