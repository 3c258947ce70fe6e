{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select figures.*
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
),

by_rule as (
    select met.*
    from {{ ref('int_figures_by_rule') }} as met
    inner join documents_to_build on met.document_id = documents_to_build.document_id
),

by_composition as (
    select composed.*
    from {{ ref('int_figures_composed') }} as composed
    inner join documents_to_build on composed.document_id = documents_to_build.document_id
    where not composed.is_beside
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
            and regexp_matches(by_composition.indicator_code, '^application\.(?:outcome|refused|unavailable|not_processed|other)\.'),
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

-- 专职12人、兼职30人，合计42人: a sum whose noun is not said is of what the figures before it are parts of, if they add
-- up to it, or, where so many each were told (各设1个，共2个), if they go into it.
parts as (
    select
        figures.document_id,
        figures.paragraph_no,
        figures.period_no,
        figures.figure_no,
        figures.value,
        coalesce(figures.dropped_because = 'part of a figure that is read', false) as is_each,
        unnest(list_distinct([readings.indicator_code, indicators.parent_code])) as indicator_code,
    from figures
    inner join readings on figures.document_id = readings.document_id and figures.figure_no = readings.figure_no
    inner join {{ ref('indicators') }} as indicators on readings.indicator_code = indicators.indicator_code
    where not figures.is_sum
        and (not figures.is_about_something_else or figures.dropped_because = 'part of a figure that is read')
),

sums as (
    select
        sum_figures.document_id,
        sum_figures.figure_no,
        parts.indicator_code,
        row_number() over (
            partition by sum_figures.document_id, sum_figures.figure_no order by count(*) desc, parts.indicator_code
        ) as choice_no,
    from figures as sum_figures
    inner join parts
        on sum_figures.document_id = parts.document_id
        and sum_figures.paragraph_no = parts.paragraph_no
        and sum_figures.period_no = parts.period_no
        and sum_figures.figure_no > parts.figure_no
        and sum_figures.value > parts.value
    where sum_figures.is_sum and not sum_figures.is_about_something_else
    group by sum_figures.document_id, sum_figures.figure_no, sum_figures.value, parts.indicator_code
    having parts.indicator_code is not null and (
        (count(*) > 1 and sum(parts.value) = sum_figures.value)
        or (bool_and(parts.is_each) and max(parts.value) < sum_figures.value and sum_figures.value % max(parts.value) = 0)
    )
),

-- 培训310人次（其中2012年86人次）: the year's part of a running total is what the total is.
parts_of_the_year as (
    select
        figures.document_id,
        figures.figure_no,
        readings.indicator_code,
    from figures
    inner join figures as totals
        on figures.document_id = totals.document_id
        and figures.paragraph_no = totals.paragraph_no
        and figures.sentence_no = totals.sentence_no
        and figures.quantity_no = totals.quantity_no + 1
    inner join readings on totals.document_id = readings.document_id and totals.figure_no = readings.figure_no
    where figures.is_part_of_the_year and not figures.is_about_something_else
        and totals.dropped_because = 'other year'
),

chosen as (
    select
        readings.document_id,
        readings.figure_no,
        readings.rule_id,
        readings.indicator_code,
        'figure' as applies_to,
        readings.confidence,
    from readings
    inner join figures on readings.document_id = figures.document_id and readings.figure_no = figures.figure_no
    where not figures.is_about_something_else
    union all by name
    select document_id, figure_no, rule_id, indicator_code, applies_to, confidence
    from by_rule
    where applies_to = 'also'
    union all by name
    select
        composed.document_id,
        composed.figure_no,
        composed.reading_id as rule_id,
        composed.indicator_code,
        'also' as applies_to,
        composed.confidence,
    from {{ ref('int_figures_composed') }} as composed
    inner join figures on composed.document_id = figures.document_id and composed.figure_no = figures.figure_no
    where composed.is_beside and not figures.is_about_something_else
    union all by name
    select
        told.document_id,
        told.figure_no,
        told.rule_id,
        told.indicator_code,
        'figure' as applies_to,
        'likely' as confidence,
    from (
        select document_id, figure_no, indicator_code, 'sum' as rule_id from sums
        where choice_no = 1
        union all by name
        select document_id, figure_no, indicator_code, 'part_of_the_year' as rule_id from parts_of_the_year
    ) as told
    left join readings on told.document_id = readings.document_id and told.figure_no = readings.figure_no
    where readings.figure_no is null
)

select * from chosen
