{{ config(materialized='by_document') }}

{#- The heads of the official forms, the longest first: what is left of them where nothing parts the cells of a row. -#}
{%- set heads = [] -%}
{%- for row in seed_rows(ref('form_columns'), 'length(label) desc, label') if row['forms'] and row['match'] == 'whole' -%}
{%- do heads.append(row['label']) -%}
{%- endfor -%}
{%- for row in seed_rows(ref('form_labels'), 'length(label) desc, label')
    if row['forms'] and row['form_part'] == 'appeals' -%}
{%- do heads.append(row['label']) -%}
{%- endfor -%}
{%- set head -%}(?:{{ heads | join('|') }})(?:（[^（）]*）)?{%- endset -%}
{%- set about = words('form_words', "use = 'about'") -%}
{%- set fall = words('form_words', "use = 'fall'") -%}
{%- set at_least = words('form_words', "use = 'at_least'") -%}
{%- set at_most = words('form_words', "use = 'at_most'") -%}
{%- set before_figures -%}
{{ words('form_words', "use in ('about', 'in_all', 'rise', 'fall', 'at_least', 'at_most')") }}
{%- endset -%}
{%- set more = words('form_words', "use = 'more'") %}

with documents_to_build as (
    {{ documents_to_build() }}
),

landed_cells as (
    select cells.*
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

{% if heads -%}
-- A row of heads run into one cell, where text lost what parted them.
heads_run_together as (
    select document_id, table_no, row_no
    from landed_cells
    where table_kind = 'flat'
    group by document_id, table_no, row_no
    having count(*) = 1 and regexp_full_match(any_value(text_squashed), '(?:{{ head }}){2,}')
),

heads_apart as (
    select
        landed_cells.* exclude (text_squashed),
        unnest(regexp_extract_all(landed_cells.text_squashed, '{{ head }}')) as head_text,
        generate_subscripts(regexp_extract_all(landed_cells.text_squashed, '{{ head }}'), 1) as head_no,
    from landed_cells
    inner join heads_run_together
        on landed_cells.document_id = heads_run_together.document_id
        and landed_cells.table_no = heads_run_together.table_no
        and landed_cells.row_no = heads_run_together.row_no
),

cells as (
    select *
    from landed_cells
    anti join heads_run_together
        on landed_cells.document_id = heads_run_together.document_id
        and landed_cells.table_no = heads_run_together.table_no
        and landed_cells.row_no = heads_run_together.row_no
    union all by name
    select
        * exclude (head_text, head_no) replace (head_no as col_no, head_text as text, head_text as text_regular),
        head_text as text_squashed,
    from heads_apart
),
{%- else -%}
cells as (
    select * from landed_cells
),
{%- endif %}

marks as (
    select mark, reads_as from {{ ref('form_marks') }}
),

units as (
    select unit, factor, kind from {{ ref('form_units') }}
),

-- The same few texts stand in most cells: each is read once.
texts as (
    select text_regular, any_value(text_squashed) as text_squashed
    from cells
    group by text_regular
),

-- A cell may hold a label of statistics and its figure: 收到申请数：17件.
statistics_labels as (
    select label_key as known_key from {{ ref('int_form_labels') }}
    where form_part = 'statistics' and label_role = 'row' and label_code is not null
    union
    select loose_key as known_key from {{ ref('int_form_labels') }}
    where form_part = 'statistics' and label_role = 'row' and label_code is not null and length(loose_key) >= 4
),

labelled_texts as (
    select text_regular, labelled, units.factor, units.kind
    from (
        select
            text_regular,
            regexp_extract(
                text_squashed, '^((?:其中：)?\p{Han}[^\d：（）]{2,39}?)：?(\d{1,9}(?:\.\d{1,4})?)(\p{Han}{1,4})$',
                ['label', 'digits', 'unit']
            ) as labelled,
        from texts
        where regexp_matches(text_squashed, '^.{3,40}\d\p{Han}{1,4}$')
    ) as texts_with_figures
    inner join units on labelled['unit'] = units.unit
    where
        {{ label_key_bare("labelled['label']") }} in (select known_key from statistics_labels)
        or {{ label_key_loose(label_key_bare("labelled['label']")) }} in (select known_key from statistics_labels)
),

texts_taken_apart as (
    select
        text_regular,
        text_squashed,
        regexp_extract(
            -- 17（含上年结转1件） is 17
            regexp_replace(
                regexp_replace(text_squashed, '^（(.*)）$', '\1'), '^([^（）]*\d[^（）]*)（[^（）]*\p{Han}[^（）]*）$', '\1'
            ),
            '^[*#※“‘]?({{ before_figures }})?：?（?([+↑↓▼▽⬇⇩↘–—-]?)'
            '(\d{1,3}(?:[٬，]\d{3})+|\d+)(\.\d+)?({{ more }})?([↑↓▼▽⬇⇩↘–—-]?)（?([^\d（）#”’。；]{0,8})）?[#”’。；]?$',
            ['prefix', 'sign', 'digits', 'decimals', 'surplus', 'arrow', 'suffix']
        ) as parts,
        regexp_extract(
            text_squashed, '^([零〇一二两三四五六七八九]?)(十?)([一二三四五六七八九]?)([^\d]{0,4})$',
            ['tens', 'ten', 'ones', 'suffix']
        ) as numerals,
        -- Blanks between digits part two figures, unless they mark thousands or the last digit of a long figure was
        -- broken off. A form feed stands for what has no width, and parts nothing.
        regexp_matches(text_regular, '\d\s*[ \t\n\r]\s*\d')
        and not regexp_matches(trim(text_regular), '^[+-]?\d{1,3}( \d{3})+(\.\d+)?\D*$')
        and not regexp_full_match(text_regular, '\s*\d{4,}\s*\n\s*\d\s*')
            as is_parted,
    from texts
),

texts_measured as (
    select
        taken_apart.*,
        marks.reads_as,
        units.factor as own_factor,
        units.kind as own_kind,
        whole_units.unit as bare_unit,
        labelled_texts.labelled['label'] as own_label,
        labelled_texts.labelled['digits']::decimal(24, 6) as labelled_figure,
        labelled_texts.factor as labelled_factor,
        labelled_texts.kind as labelled_kind,
        numeral_units.unit is not null or numerals['suffix'] = '' as is_numeral,
    from texts_taken_apart as taken_apart
    left join marks on taken_apart.text_squashed = marks.mark
    left join units on parts['suffix'] = units.unit
    left join units as whole_units
        on regexp_replace(taken_apart.text_squashed, '^（(.*)）$', '\1') = whole_units.unit
    left join units as numeral_units on numerals['suffix'] = numeral_units.unit
    left join labelled_texts on taken_apart.text_regular = labelled_texts.text_regular
),

texts_read as (
    select
        text_regular,
        text_squashed,
        case
            when text_squashed = '' or reads_as = 'blank' then 'blank'
            when reads_as = 'zero' or own_label is not null then 'value'
            when bare_unit is not null then 'unit'
            when parts['digits'] != '' and (parts['suffix'] = '' or own_factor is not null)
                then if(is_parted, 'unclear', 'value')
            when parts['digits'] != '' and parts['suffix'] in ('%', '‰') then 'unclear'
            when
                is_numeral
                and numerals['tens'] || numerals['ten'] != ''
                and (numerals['ten'] != '' or numerals['ones'] = '')
                then 'value'
            -- figures printed over each other, or in a font that does not tell them
            when regexp_full_match(text_squashed, '[\d.٬，]*\x{FFFD}[\d.٬，\x{FFFD}]*') then 'unclear'
            -- a sign that may mean anything: ≈3, 3‰, △3
            when
                regexp_full_match(text_squashed, '\p{S}+\d+(\.\d+)?')
                or regexp_full_match(text_squashed, '\d+(\.\d+)?\p{S}+')
                then 'unclear'
            when regexp_matches(text_squashed, '^（[^（）]*）$') then 'note'
            else 'label'
        end as cell_kind,
        case
            when reads_as = 'zero' then 0
            when own_label is not null then labelled_figure
            when parts['digits'] != '' then
                case
                    when
                        regexp_matches(parts['sign'] || parts['arrow'], '[↓▼▽⬇⇩↘–—-]')
                        or regexp_full_match(parts['prefix'], '{{ fall }}')
                        then -1
                    else 1
                end
                * try_cast(translate(parts['digits'], '٬，', '') || parts['decimals'] as decimal(24, 6))
            when numerals['ten'] != ''
                then case numerals['tens'] when '' then 10 else 10 * {{ numeral("numerals['tens']") }} end
                    + {{ numeral("numerals['ones']") }}
            else {{ numeral("numerals['tens']") }}
        end as figure,
        is_parted,
        own_label,
        coalesce(own_factor, labelled_factor) as own_factor,
        coalesce(own_kind, labelled_kind) as own_kind,
        bare_unit,
        case
            when regexp_full_match(parts['prefix'], '{{ about }}') then 'about'
            when parts['surplus'] != '' or regexp_full_match(parts['prefix'], '{{ at_least }}') then 'at_least'
            when regexp_full_match(parts['prefix'], '{{ at_most }}') then 'at_most'
            else 'exact'
        end as qualifier,
    from texts_measured
),

-- A label that comes with a figure more than once in a table is that of bodies side by side: no figure of the report.
labels_told_again as (
    select cells.document_id, cells.table_no, read.own_label
    from cells
    inner join texts_read as read on cells.text_regular = read.text_regular
    where read.own_label is not null
    group by cells.document_id, cells.table_no, read.own_label
    having count(*) > 1
),

cells_read as (
    select
        cells.document_id,
        cells.table_no,
        cells.row_no,
        cells.col_no,
        cells.row_span,
        cells.col_span,
        cells.page,
        cells.table_kind,
        cells.after_block_no,
        cells.text,
        cells.text_squashed,
        if(labels_told_again.own_label is null, read.cell_kind, 'label') as cell_kind,
        case when read.cell_kind = 'value' and labels_told_again.own_label is null then read.figure end as figure,
        case when read.cell_kind = 'unclear' and read.is_parted then read.figure end as figure_if_one,
        read.qualifier,
        read.own_factor,
        read.own_kind,
        read.bare_unit,
        if(labels_told_again.own_label is null, read.own_label, null) as own_label,
        -- Labels so far in the row: the cells of a row belong to the last label before them.
        count_if(read.cell_kind = 'label' or read.own_label is not null) over (
            partition by cells.document_id, cells.table_no, cells.row_no
            order by cells.col_no
        ) as label_seq,
    from cells
    inner join texts_read as read on cells.text_regular = read.text_regular
    left join labels_told_again
        on cells.document_id = labels_told_again.document_id
        and cells.table_no = labels_told_again.table_no
        and read.own_label = labels_told_again.own_label
)

select * from cells_read
