{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select figures.*
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
),

by_rule_anywhere as (
    select met.*
    from {{ ref('int_figures_by_rule') }} as met
    inner join documents_to_build on met.document_id = documents_to_build.document_id
),

by_composition_anywhere as (
    select composed.*
    from {{ ref('int_figures_composed') }} as composed
    inner join documents_to_build on composed.document_id = documents_to_build.document_id
),

by_rule as (
    select * from by_rule_anywhere
    where clause_no = 0
),

by_composition as (
    select * from by_composition_anywhere
    where clause_no = 0 and not is_beside
),

-- One reading for each figure: the first rule in the order of the seed; where no rule reads it, what its words make, and
-- where a rule takes the answer to an application for items disclosed, or a figure that only the official forms ask for.
readings as (
    select
        coalesce(first_rules.document_id, by_composition.document_id) as document_id,
        coalesce(first_rules.figure_no, by_composition.figure_no) as figure_no,
        first_rules.rule_id is null
        or coalesce(
            starts_with(first_rules.indicator_code, 'disclosure.')
            and string_split(by_composition.indicator_code, '.')[1] = 'application'
            and string_split(by_composition.indicator_code, '.')[2] in ('outcome', 'refused', 'unavailable', 'not_processed', 'other'),
            false
        )
        or coalesce(by_composition.is_of_form, false) as is_composed,
        if(is_composed, by_composition.reading_id, first_rules.rule_id) as rule_id,
        if(is_composed, by_composition.indicator_code, first_rules.indicator_code) as indicator_code,
        case
            when is_composed then by_composition.confidence
            when first_rules.indicator_code = by_composition.indicator_code then first_rules.confidence
            when first_rules.confidence = 'certain' then 'likely'
            else first_rules.confidence
        end as confidence,
    from (
        select * from by_rule
        where applies_to = 'figure'
        qualify row_number() over (partition by document_id, figure_no order by rule_no) = 1
    ) as first_rules
    full join by_composition
        on first_rules.document_id = by_composition.document_id and first_rules.figure_no = by_composition.figure_no
),

-- What the clauses after a figure say became of the case, how it came, and why: the first of each kind.
told_further as (
    select
        document_id,
        figure_no,
        indicator_code,
        regexp_extract(indicator_code, '^(?:application\.[a-z]+|appeal\.[a-z_]+)') as kind,
        arg_min(rule_id, (clause_no, rule_no)) as rule_id,
        min(clause_no) as clause_no,
    from (
        select document_id, figure_no, clause_no, indicator_code, rule_id, rule_no
        from by_rule_anywhere
        where applies_to = 'figure'
        union all by name
        select document_id, figure_no, clause_no, indicator_code, reading_id as rule_id, 100000 + meaning_no as rule_no
        from by_composition_anywhere
    ) as anywhere
    where clause_no > 0 and regexp_matches(
        indicator_code,
        '^application\.(?:received|outcome|refused|unavailable|not_processed|other)\.[a-z_]+$|^application\.carried_out$|^appeal\.[a-z_]+\.(?:upheld|corrected|other|pending)$|^appeal\.litigation_[a-z_]+\.total$'
    )
    group by document_id, figure_no, indicator_code
    qualify row_number() over (partition by document_id, figure_no, kind order by min(clause_no), min(rule_no)) = 1
),

-- Not where the figure is of all cases, unless there is one and nothing else tells of it, nor where its own words tell the same
-- kind of thing.
readings_further as (
    select told_further.*
    from told_further
    inner join figures on told_further.document_id = figures.document_id and told_further.figure_no = figures.figure_no
    left join readings on told_further.document_id = readings.document_id and told_further.figure_no = readings.figure_no
    where readings.indicator_code is null
        or (
            regexp_matches(readings.indicator_code, '^application\.(?:received|outcome|refused|unavailable|not_processed)\.')
            and not starts_with(readings.indicator_code, told_further.kind)
        )
        or (
            figures.value = 1
            and regexp_matches(readings.indicator_code, '^(?:application\.received|appeal\.[a-z]+\.total)$')
            and starts_with(told_further.kind, regexp_extract(readings.indicator_code, '^(?:application|appeal\.[a-z]+)'))
            and not exists (
                select 1
                from readings as others
                where others.document_id = told_further.document_id
                    and others.figure_no != told_further.figure_no
                    and starts_with(others.indicator_code, told_further.kind || '.')
            )
        )
),

read as (
    select
        document_id,
        figure_no,
        rule_id,
        indicator_code,
        'figure' as applies_to,
        confidence,
    from readings
    union all by name
    select document_id, figure_no, rule_id, indicator_code, applies_to, confidence
    from by_rule
    where applies_to = 'also'
    union all by name
    -- 制发规范性文件9件: reports always told it as one figure of prose, and the form asks for it as another.
    select document_id, figure_no, reading_id as rule_id, indicator_code, 'also' as applies_to, confidence
    from by_composition_anywhere
    where clause_no = 0 and is_beside
    union all by name
    select document_id, figure_no, rule_id, indicator_code, 'further' as applies_to, 'likely' as confidence
    from readings_further
)

select * from read
