{{ config(materialized='by_document') }}

{%- set rules = seed_rows(ref('prose_figures'), 'rule_no') -%}
{#- The measure words of each set of units. A figure without one may be of cases or of items. -#}
{%- set words_by_unit = {'case': ["''"], 'item': ["''"]} -%}
{%- for row in seed_rows(ref('measure_words'), 'word') if row['unit_sets'] -%}
    {%- for unit in row['unit_sets'].split(' ') -%}
        {%- do words_by_unit.setdefault(unit, []).append(literal(row['word'])) -%}
    {%- endfor -%}
{%- endfor -%}
-- depends_on: {{ ref('prose_figures') }}
-- depends_on: {{ ref('measure_words') }}
with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select
        figures.* exclude (section, subheadings, opening_line, lead_in),
        case when right(gap_after, 1) in ('。', '；') then gap_after || next_text else gap_after end as said_next,
        -- What must not stand beside the figure is looked for here.
        case
            when is_coordinated then noun
            -- 1000条（包括网站、公开栏）: how the whole is made up.
            when starts_with(after, '（') then before_raw || '＃' || regexp_replace(after, '^（(?:包括|含|其中)[^）]*）?', '')
            else before_raw || '＃' || after
        end as beside,
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
    -- 各举办1期: so many each are no figure, yet what they are makes their sum.
    where not figures.is_about_something_else or figures.dropped_because = 'part of a figure that is read'
),

-- 1件要求公开某名单，不予公开: each clause that tells what became of a case is read as what stands beside it.
clauses as (
    select * exclude (clauses_after), 0 as clause_no
    from figures
    union all by name
    select
        * exclude (clauses_after, clause)
        replace (clause as noun, clause as before_all, '' as after, '' as said_next, clause as beside),
    from (
        select *, unnest(clauses_after) as clause, generate_subscripts(clauses_after, 1) as clause_no from figures
    ) as told_further
),

rules as (
    select * from {{ ref('prose_figures') }}
),

-- Held: else the patterns below are compiled for each branch of the union above.
figures_in_units as materialized (
    select
        *,
        {%- for unit, words in words_by_unit.items() %}
        measure in ({{ words | join(', ') }}) as in_{{ unit | replace('-', '_') }},
        {%- endfor %}
    from clauses
),

-- Each rule is written once: its units first, so that its patterns meet only the figures that they may be of.
figures_read as (
    select
        document_id,
        figure_no,
        clause_no,
        list_filter([
            {%- for rule in rules if rule['applies_to'] in ('figure', 'also') and rule['units'] in words_by_unit %}
            case when in_{{ rule['units'] | replace('-', '_') }} and {% if rule['topic'] %}topic = '{{ rule['topic'] }}' and {% endif -%}
                {%- if rule['noun'] %}regexp_matches(noun, {{ literal(rule['noun']) }}) and {% endif -%}
                {%- if rule['before'] %}regexp_matches(before_all, {{ literal(rule['before']) }}) and {% endif -%}
                {%- if rule['after'] %}regexp_matches(after, {{ literal(rule['after']) }}) and {% endif -%}
                {%- if rule['then'] %}regexp_matches(said_next, {{ literal(rule['then']) }}) and {% endif -%}
                {%- if rule['context'] %}regexp_matches(context, {{ literal(rule['context']) }}) and {% endif -%}
                {%- if rule['unless'] %}not regexp_matches(beside, {{ literal(rule['unless']) }}) and {% endif -%}
                true then '{{ rule['rule_id'] }}' end,
            {%- endfor %}
            null::varchar
        ], lambda rule_id: rule_id is not null) as rule_ids,
    from figures_in_units
),

rules_met as (
    select
        figures_read.document_id,
        figures_read.figure_no,
        figures_read.clause_no,
        rules.rule_no,
        rules.rule_id,
        rules.indicator_code,
        rules.applies_to,
        rules.confidence,
    from (
        select document_id, figure_no, clause_no, unnest(rule_ids) as rule_id_met from figures_read
    ) as figures_read
    inner join rules on figures_read.rule_id_met = rules.rule_id
)

select * from rules_met
