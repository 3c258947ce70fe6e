{{ config(materialized='by_document') }}

{%- set words = seed_rows(ref('prose_words'), 'length(word) desc, word') -%}
{%- set rows = seed_rows(ref('prose_meanings'), 'meaning_no') -%}
{#- The meanings of each slot: a slot that a reading needs may hold nothing else. -#}
{%- set slots = {} -%}
{%- for row in words -%}
    {%- for meaning in row['meaning'].split(' ') -%}
        {%- set of_slot = slots.setdefault(meaning.split('.')[0], []) -%}
        {%- if meaning not in of_slot -%}{%- do of_slot.append(meaning) -%}{%- endif -%}
    {%- endfor -%}
{%- endfor -%}
{%- set elsewhere = ["''"] -%}
{%- for slot in ('else', 'plan', 'neg') -%}
    {%- for meaning in slots.get(slot, []) -%}{%- do elsewhere.append(literal(meaning)) -%}{%- endfor -%}
{%- endfor -%}
{#- Measure words that stand for the same sets of units are read with the same rows; a figure without one may be of cases
    or of items. -#}
{%- set words_by_sets = {'case item': ["''"]} -%}
{%- for row in seed_rows(ref('measure_words'), 'word') if row['unit_sets'] -%}
    {%- do words_by_sets.setdefault(row['unit_sets'], []).append(literal(row['word'])) -%}
{%- endfor -%}
-- depends_on: {{ ref('prose_meanings') }}
-- depends_on: {{ ref('measure_words') }}
with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select
        figures.document_id,
        figures.figure_no,
        0 as clause_no,
        figures.topic,
        figures.measure,
        if(figures.is_coordinated or figures.is_former_or_latter, figures.noun, figures.before) as said_before,
        -- 专职2名兼职3名: what no stop parts from the next figure leads to that.
        case
            when figures.is_coordinated or figures.is_former_or_latter then ''
            when figures.has_next and not regexp_matches(figures.gap_after, '[，；。：、）]') then ''
            else regexp_replace(figures.after, '^（[^）]*）', '')
        end as said_after,
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
    union all by name
    -- 1件要求公开某名单，不予公开: each clause that tells what became of a case is read as what stands beside it.
    select
        figures.document_id,
        figures.figure_no,
        figures.topic,
        figures.measure,
        '' as said_after,
        unnest(figures.clauses_after) as said_before,
        generate_subscripts(figures.clauses_after, 1) as clause_no,
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
    where not figures.is_about_something_else
),

-- Each text once: clerks repeat themselves.
texts as (
    select said_before as text from figures
    union
    select said_after as text from figures
),

tokens as (
    select
        text,
        unnest(regexp_extract_all(
            text,
            '{{ words | map(attribute="word") | join("|") if words else "申请" }}|[0-9零〇○一二三四五六七八九十]+(?:年度?|月份?|日|季度)|[\p{Han}]{1,7}?(?:局|委员会|厅|人民政府|管委会|办事处)|.'
        )) as token,
    from texts
),

-- What the words of a text mean, and how many of its characters mean nothing known.
texts_understood as (
    select
        tokens.text,
        list_distinct(flatten(list(string_split(words.meaning, ' ')) filter (where words.meaning != 'filler'))) as meanings,
        count(*) filter (where words.word is null and regexp_full_match(tokens.token, '\p{Han}')) as unknown_characters,
    from tokens
    left join {{ ref('prose_words') }} as words on tokens.token = words.word
    group by tokens.text
),

-- The words before a figure say what it is; where they name nothing but an act, those after it do too.
understood as (
    select
        figures.document_id,
        figures.figure_no,
        figures.clause_no,
        figures.measure,
        figures.topic,
        -- A clause of its own says more than what became of the case.
        greatest(coalesce(before.unknown_characters, 0) - if(figures.clause_no > 0, 6, 0), 0) as unknown_before,
        coalesce(after.unknown_characters, 0) as unknown_after,
        coalesce(before.meanings, []) as meanings_before,
        coalesce(after.meanings, []) as meanings_after,
        len(list_filter(
            meanings_before, lambda meaning: not regexp_matches(meaning, '^(?:act|when|number|quantity|about)')
        )) > 0 as is_named_before,
        list_distinct(
            if(is_named_before, meanings_before, list_concat(meanings_before, meanings_after))
        ) as meanings_near,
        len(list_filter(meanings_near, lambda meaning: starts_with(meaning, 'topic.'))) > 0 as names_topic,
    from figures
    left join texts_understood as before on figures.said_before = before.text
    left join texts_understood as after on figures.said_after = after.text
),

with_topic as (
    select
        document_id,
        figure_no,
        clause_no,
        measure,
        unknown_before + unknown_after as unknown_characters,
        list_concat(
            meanings_near,
            case
                when names_topic
                    then list_transform(
                        list_filter(meanings_near, lambda meaning: starts_with(meaning, 'topic.')),
                        lambda meaning: 'near' || substring(meaning, 6)
                    )
                else ['topic.' || topic]
            end
        ) as meanings,
    from understood
    where len(meanings_near) > 0
        -- Whatever speaks of other things, plans or denials, before the figure or after it.
        and not list_has_any(list_concat(meanings_before, meanings_after), [{{ elsewhere | join(', ') }}])
),

readings_met as (
    select
        document_id,
        figure_no,
        clause_no,
        unnest(case
            {%- for sets, of_sets in words_by_sets.items() %}
            when measure in ({{ of_sets | join(', ') }}) then list_filter([
                {%- for row in rows if row['units'].split(' ') | select('in', sets.split(' ')) | list %}
                {%- set needs = row['needs'].replace('+', ' ').split(' ') -%}
                {%- set forbids = (row['forbids'] or '').split(' ') -%}
                {%- set forbidden = [] -%}
                {%- for name in forbids if name -%}
                    {%- for meaning in (slots.get(name, []) if '.' not in name else [name]) if meaning not in needs -%}
                        {%- do forbidden.append(literal(meaning)) -%}
                    {%- endfor -%}
                {%- endfor -%}
                {%- for name in needs if name.split('.')[0] not in ('act', 'about') -%}
                    {%- for meaning in slots.get(name.split('.')[0] | replace('near', 'topic'), [])
                        if meaning not in needs and meaning | replace('topic.', 'near.') not in needs
                        and literal(meaning) not in forbidden -%}
                        {%- do forbidden.append(literal(meaning)) -%}
                    {%- endfor -%}
                {%- endfor %}
                case when unknown_characters <= {{ row['unknown_at_most'] }} and list_has_all(meanings, [{% for need in needs %}{{ literal(need) }}{{ ', ' if not loop.last }}{% endfor %}])
                    and not list_has_any(meanings, [{{ forbidden | join(', ') }}])
                    then '{{ row['reading_id'] }}' end,
                {%- endfor %}
                null::varchar
            ], lambda reading_id: reading_id is not null)
            {%- endfor %}
            else null::varchar[]
        end) as reading_id,
    from with_topic
),

-- One reading for each figure and clause: that of the row that comes first.
composed as (
    select
        readings_met.document_id,
        readings_met.figure_no,
        readings_met.clause_no,
        meanings.meaning_no,
        meanings.reading_id,
        meanings.indicator_code,
        meanings.confidence,
    from readings_met
    inner join {{ ref('prose_meanings') }} as meanings on readings_met.reading_id = meanings.reading_id
    qualify row_number() over (
        partition by readings_met.document_id, readings_met.figure_no, readings_met.clause_no order by meanings.meaning_no
    ) = 1
)

select * from composed
