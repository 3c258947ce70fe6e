-- Each rule's example is decided by that rule: it matches, and no rule before it does.
with rules as (
    select * from {{ ref('title_rules') }}
),

matches as (
    select
        examples.rule_id,
        examples.example,
        arg_min(rules.rule_id, rules.rule_order) as deciding_rule_id,
    from rules as examples
    left join rules on regexp_matches(examples.example, rules.pattern)
    group by examples.rule_id, examples.example
),

undecided as (
    select * from matches
    where deciding_rule_id is distinct from rule_id
)

select * from undecided
