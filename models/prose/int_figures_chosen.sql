{{ config(materialized='by_document') }}

{#- The measure words of a class; one that counts both cases and items counts things. -#}
{%- set unit_words = {} -%}
{%- for unit, sets in {'person': ['person'], 'time': ['time'], 'money': ['money'], 'place': ['place'], 'thing': ['case', 'item']}.items() -%}
    {%- set found = [literal('')] if unit == 'thing' else [] -%}
    {%- for row in seed_rows(ref('measure_words'), 'word') if row['unit_sets'] and row['unit_sets'].split(' ') | select('in', sets) | list -%}
        {%- do found.append(literal(row['word'])) -%}
    {%- endfor -%}
    {%- do unit_words.update({unit: found | join(', ') or "''"}) -%}
{%- endfor -%}
-- depends_on: {{ ref('measure_words') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select figures.*
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
),

read as (
    select read.*
    from {{ ref('int_figures_read') }} as read
    inner join documents_to_build on read.document_id = documents_to_build.document_id
),

-- One for each figure.
readings as (
    select * from read
    where applies_to = 'figure'
),

-- Figures that can be added up stand in measure words of one class.
in_classes as (
    select
        figures.document_id,
        figures.paragraph_no,
        figures.sentence_no,
        figures.period_no,
        figures.quantity_no,
        figures.figure_no,
        figures.value,
        figures.topic,
        figures.section,
        figures.is_sum,
        figures.is_shared,
        figures.times_told,
        coalesce(figures.dropped_because = 'part of a figure that is read', false) as is_each,
        case
            when figures.measure in ({{ unit_words['person'] }}) then 'person'
            when figures.measure in ({{ unit_words['time'] }}) then 'time'
            when figures.measure in ({{ unit_words['money'] }}) then 'money'
            when figures.measure in ({{ unit_words['place'] }}) then 'place'
            when figures.measure in ({{ unit_words['thing'] }}) then 'thing'
        end as class,
        readings.indicator_code,
        indicators.parent_code,
    from figures
    left join readings on figures.document_id = readings.document_id and figures.figure_no = readings.figure_no
    left join {{ ref('indicators') }} as indicators on readings.indicator_code = indicators.indicator_code
    where not figures.is_about_something_else or is_each
),

-- A sum whose noun is not said, with the figures before it, the nearest first: 专职12人、兼职30人，合计42人. The sum may begin a
-- sentence of its own, and stands for the nearest figures that add up to it.
added_up as (
    select
        sums.document_id,
        sums.figure_no,
        sums.value,
        sums.class,
        sums.topic,
        sums.section,
        parts.figure_no as part_no,
        parts.indicator_code,
        parts.parent_code,
        parts.is_each,
        parts.value as part_value,
        sum(parts.value * if(parts.is_each, coalesce(parts.times_told, 1), 1)) over from_the_nearest as sum_so_far,
        count(*) over from_the_nearest as parts_so_far,
    from in_classes as sums
    inner join in_classes as parts
        on sums.document_id = parts.document_id
        and sums.paragraph_no = parts.paragraph_no
        and sums.class = parts.class
        and sums.period_no - parts.period_no between 0 and 1
        and sums.figure_no > parts.figure_no
        and sums.value > parts.value
    where sums.is_sum and not sums.is_each and not parts.is_sum
    window from_the_nearest as (
        partition by sums.document_id, sums.figure_no order by parts.figure_no desc
        rows between unbounded preceding and current row
    )
),

parts_chosen as (
    select
        *,
        min(parts_so_far) filter (where sum_so_far = value) over of_sum as parts_needed,
        -- 分别设1个，共2个: so many each go into the sum.
        bool_and(is_each) over of_sum and value % max(part_value) over of_sum = 0 as is_multiple,
    from added_up
    window of_sum as (partition by document_id, figure_no)
    qualify parts_so_far <= parts_needed or is_multiple
),

parts_of_sums as (
    select *, count(indicator_code) over (partition by document_id, figure_no) as parts_read from parts_chosen
),

-- What the sum is of: what most of its parts are, or are parts of; items of which no rule knows the kind are items disclosed.
sums_named as (
    select
        document_id,
        figure_no,
        indicator_code,
        count(*) as parts,
        bool_or(is_parent) as is_parent,
    from (
        select document_id, figure_no, parts_read, indicator_code, false as is_parent from parts_of_sums
        union all by name
        select document_id, figure_no, parts_read, parent_code as indicator_code, true as is_parent from parts_of_sums
        union all by name
        select document_id, figure_no, parts_read, 'disclosure.total' as indicator_code, true as is_parent from parts_of_sums
        where class = 'thing' and topic in ('disclosure', '') and indicator_code is null and contains(section, '公开')
            and not contains(section, '申请') and not is_multiple
    ) as candidates
    where indicator_code is not null and not regexp_matches(indicator_code, 'carried')
    group by document_id, figure_no, indicator_code
    -- 人大代表建议28件、政协提案35件，合计63件 is of neither.
    having parts >= max(parts_read)
),

sums as (
    select *
    from sums_named
    qualify row_number() over (partition by document_id, figure_no order by parts desc, starts_with(indicator_code, 'disclosure.channel'), is_parent, indicator_code) = 1
),

-- 3月、9月各举办1期; 推进会、调度会各1次: so many each, where no sum is told after them.
told_of_several as (
    select
        min(in_classes.figure_no) as figure_no,
        in_classes.document_id,
        in_classes.indicator_code,
        max(in_classes.value) * if(bool_or(in_classes.is_shared), count(*), max(in_classes.times_told)) as value,
        list(in_classes.figure_no) as figure_nos,
    from in_classes
    where in_classes.value > 0
        and in_classes.times_told > 1
        and in_classes.indicator_code is not null
        and not exists (
            select 1
            from parts_of_sums
            where parts_of_sums.document_id = in_classes.document_id and parts_of_sums.part_no = in_classes.figure_no
        )
    group by in_classes.document_id, in_classes.paragraph_no, in_classes.sentence_no, in_classes.quantity_no, in_classes.indicator_code
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

told as (
    select document_id, figure_no, indicator_code, null::decimal(20, 4) as told_value, 'sum' as rule_id from sums
    union all by name
    select document_id, figure_no, indicator_code, value::decimal(20, 4) as told_value, 'each' as rule_id from told_of_several
    union all by name
    select document_id, figure_no, indicator_code, null as told_value, 'part_of_the_year' as rule_id from parts_of_the_year
),

-- Figures whose reading the sum of them replaces.
replaced as (
    select parts_of_sums.document_id, parts_of_sums.part_no as figure_no
    from parts_of_sums
    inner join sums using (document_id, figure_no, indicator_code)
    union
    select document_id, unnest(figure_nos) as figure_no
    from told_of_several
),

chosen as (
    select
        read.document_id,
        read.figure_no,
        read.rule_id,
        read.indicator_code,
        if(read.applies_to = 'further', 'figure', read.applies_to) as applies_to,
        read.confidence,
        null::decimal(20, 4) as told_value,
    from read
    inner join figures on read.document_id = figures.document_id and read.figure_no = figures.figure_no
    left join replaced
        on read.document_id = replaced.document_id
        and read.figure_no = replaced.figure_no
        and read.applies_to = 'figure'
    where not figures.is_about_something_else and replaced.figure_no is null
    union all by name
    select
        told.document_id,
        told.figure_no,
        told.rule_id,
        told.indicator_code,
        'figure' as applies_to,
        'likely' as confidence,
        told.told_value,
    from told
    left join readings on told.document_id = readings.document_id and told.figure_no = readings.figure_no
    where readings.figure_no is null or told.rule_id = 'each'
)

select * from chosen
