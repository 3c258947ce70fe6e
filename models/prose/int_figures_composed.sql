{{ config(materialized='by_document') }}

{%- set words = seed_rows(ref('prose_words'), 'length(word) desc, word') -%}
{%- set scopes = seed_rows(ref('prose_scopes'), 'scope_no') -%}
-- depends_on: {{ ref('prose_scopes') }}
with documents_to_build as (
    {{ documents_to_build() }}
),

-- What the words of the seed can mean, by slot.
meanings_known as (
    select distinct meaning, string_split(meaning, '.')[1] as slot
    from (select unnest(string_split(meaning, ' ')) as meaning from {{ ref('prose_words') }}) as of_words
),

rows_of_meaning as (
    select
        *,
        string_split(replace(needs, '+', ' '), ' ') as meanings_needed,
        list_filter(string_split(coalesce(forbids, ''), ' '), lambda name: name != '') as names_forbidden,
        -- The slots that the row needs something of: they may hold nothing else. Acts may go together.
        list_filter(
            list_transform(meanings_needed, lambda meaning: replace(string_split(meaning, '.')[1], 'near', 'topic')),
            lambda slot: slot not in ('act', 'about')
        ) as slots_needed,
        -- A figure is looked up by what says most of it.
        coalesce(list_filter(
            meanings_needed,
            lambda meaning: string_split(meaning, '.')[1] not in ('topic', 'scope', 'section', 'said', 'since', 'form')
        )[1], meanings_needed[1]) as looked_up_by,
    from {{ ref('prose_meanings') }}
),

-- The readings that meanings make, with all that must not stand beside the figure: a slot's name forbids all of it.
readings_by_meaning as (
    select
        rows_of_meaning.meaning_no,
        any_value(rows_of_meaning.reading_id) as reading_id,
        any_value(rows_of_meaning.indicator_code) as indicator_code,
        any_value(string_split(rows_of_meaning.units, ' ')) as units,
        any_value(rows_of_meaning.unknown_at_most) as unknown_at_most,
        any_value(rows_of_meaning.confidence) as confidence,
        any_value(rows_of_meaning.looked_up_by) as looked_up_by,
        any_value(rows_of_meaning.meanings_needed) as meanings_needed,
        -- What no rule reads: figures that only the official forms ask for.
        any_value(rows_of_meaning.indicator_code) not in (
            select indicator_code from {{ ref('prose_figures') }} where applies_to = 'figure'
        ) as is_of_form,
        list_concat(
            list(meanings_known.meaning) filter (
                where (
                    list_contains(rows_of_meaning.names_forbidden, meanings_known.slot)
                    or list_contains(rows_of_meaning.names_forbidden, meanings_known.meaning)
                    or (
                        list_contains(rows_of_meaning.slots_needed, meanings_known.slot)
                        and not list_contains(rows_of_meaning.meanings_needed, replace(meanings_known.meaning, 'topic.', 'near.'))
                    )
                )
                and not list_contains(rows_of_meaning.meanings_needed, meanings_known.meaning)
            ),
            any_value(list_filter(rows_of_meaning.names_forbidden, lambda name: contains(name, '.')))
        ) as meanings_forbidden,
    from rows_of_meaning
    cross join meanings_known
    group by rows_of_meaning.meaning_no
),

-- What a report's year says of the form that it follows: form.2019, and since.2014 and the like for all forms up to it.
years_told as (
    select
        years.document_id,
        list_append(list('since.' || regimes.from_year), 'form.' || max(regimes.from_year)) as meanings,
    from {{ ref('int_prose_years') }} as years
    inner join documents_to_build on years.document_id = documents_to_build.document_id
    inner join {{ ref('disclosure_regimes') }} as regimes on years.report_year >= regimes.from_year
    group by years.document_id
),

scopes as (
    select
        scope,
        list_transform(list_filter([scope, also], lambda name: name is not null), lambda name: 'scope.' || name) as meanings,
    from {{ ref('prose_scopes') }}
),

figures as (
    select
        figures.document_id,
        figures.figure_no,
        0::bigint as clause_no,
        figures.clauses_after,
        figures.is_about_something_else,
        figures.topic,
        figures.measure,
        figures.value,
        -- The last words before the figure that open a part of the form: 不予公开6件（…, 未经复议直接起诉2件，…
        regexp_extract_all(
            regexp_replace(figures.context, '{{ prose_pattern("opens_no_scope") }}', '', 'g'),
            '{{ scopes | map(attribute="words") | join("|") if scopes else "申请" }}'
        )[-1] as scope_words,
        case
            {%- for row in scopes %}
            when regexp_full_match(scope_words, {{ literal(row['words']) }}) then '{{ row['scope'] }}'
            {%- endfor %}
        end as scope,
        list_filter([
            if(
                regexp_matches(figures.section, '{{ prose_pattern("section_of_decisions") }}')
                or regexp_matches(figures.subheadings, '{{ prose_pattern("section_of_decisions") }}'),
                'section.form', null
            ),
            if(regexp_matches(figures.sentence_before, '{{ prose_pattern("said_to_be_published") }}'), 'said.published', null)
        ], lambda meaning: meaning is not null) as meanings_around,
        -- 办理宅基地审批等行政许可13件: instances say nothing of what is counted.
        regexp_replace(
            if(figures.is_coordinated or figures.is_former_or_latter, figures.noun, figures.before),
            '{{ prose_pattern("instances_before") }}', '\1', 'g'
        ) as said_before,
        -- 专职2名兼职3名: what no stop parts from the next figure leads to that.
        case
            when figures.is_coordinated or figures.is_former_or_latter then ''
            when figures.has_next and not regexp_matches(figures.gap_after, '[，；。：、）]') then ''
            else regexp_replace(figures.after, '^（[^）]*）', '')
        end as said_after,
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
),

-- 1件要求公开某名单，不予公开: each clause that tells what became of a case is read as what stands beside it.
figures_and_clauses as (
    select * exclude (clauses_after) from figures
    union all by name
    select
        * exclude (clauses_after) replace (
            '' as said_after,
            unnest(clauses_after) as said_before,
            generate_subscripts(clauses_after, 1) as clause_no
        ),
    from figures
    where not is_about_something_else
),

-- Each text once: clerks repeat themselves.
texts as (
    select said_before as text from figures_and_clauses
    union
    select said_after as text from figures_and_clauses
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
        figures.value,
        list_concat(figures.meanings_around, coalesce(scopes.meanings, []), coalesce(years_told.meanings, [])) as meanings_around,
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
    from figures_and_clauses as figures
    left join texts_understood as before on figures.said_before = before.text
    left join texts_understood as after on figures.said_after = after.text
    left join scopes on figures.scope = scopes.scope
    left join years_told on figures.document_id = years_told.document_id
),

with_topic as (
    select
        document_id,
        figure_no,
        clause_no,
        measure,
        value,
        unknown_before + unknown_after as unknown_characters,
        list_concat(
            meanings_near,
            meanings_around,
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
        and len(list_filter(
            list_concat(meanings_before, meanings_after),
            lambda meaning: string_split(meaning, '.')[1] in ('else', 'plan', 'neg')
        )) = 0
),

by_meaning as (
    select *, unnest(meanings) as meaning from with_topic
),

-- A figure without a measure word may be of cases or of items.
readings_met as (
    select
        figures.document_id,
        figures.figure_no,
        figures.clause_no,
        figures.value,
        readings.meaning_no,
        readings.reading_id,
        readings.indicator_code,
        readings.confidence,
        readings.is_of_form,
        -- 制发规范性文件9件: reports always told it as one figure of prose, and the form asks for it as another.
        starts_with(readings.indicator_code, 'legislation.normative.')
        and list_contains(readings.meanings_needed, 'act.issue') as is_beside,
    from by_meaning as figures
    left join {{ ref('measure_words') }} as measures on figures.measure = measures.word
    inner join readings_by_meaning as readings
        on figures.meaning = readings.looked_up_by
        and figures.unknown_characters <= readings.unknown_at_most
    where list_has_all(figures.meanings, readings.meanings_needed)
        and not list_has_any(figures.meanings, readings.meanings_forbidden)
        and list_has_any(readings.units, string_split(
            case
                when figures.measure != '' then coalesce(measures.unit_sets, '')
                when figures.value = 0 then 'case item document'
                else 'case item'
            end, ' '
        ))
),

-- 直接起诉2件，复议后起诉4件；结果维持4件，其他1件，未审结1件: results that are more than the cases are of both together.
with_results as (
    select
        readings_met.*,
        sum(readings_met.value) over of_cases as sum_of_results,
        totals.value as cases,
    from readings_met
    left join {{ ref('indicators') }} as indicators on readings_met.indicator_code = indicators.indicator_code
    left join (
        select document_id, indicator_code, max(value) as value from readings_met group by document_id, indicator_code
    ) as totals
        on readings_met.document_id = totals.document_id
        and indicators.parent_code = totals.indicator_code
        and starts_with(totals.indicator_code, 'appeal.litigation_')
    window of_cases as (partition by readings_met.document_id, readings_met.clause_no, indicators.parent_code)
),

-- One reading for each figure and clause: that of the row that comes first.
composed as (
    select document_id, figure_no, clause_no, meaning_no, reading_id, indicator_code, confidence, is_of_form, is_beside
    from with_results
    where sum_of_results <= cases or cases is null
    qualify row_number() over (partition by document_id, figure_no, clause_no, is_beside order by meaning_no) = 1
)

select * from composed
