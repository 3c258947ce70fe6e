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

texts_taken_apart as (
    select
        text_regular,
        text_squashed,
        regexp_extract(
            -- 17（含上年结转1件） is 17
            regexp_replace(
                regexp_replace(text_squashed, '^（(.*)）$', '\1'), '^([^（）]*\d[^（）]*)（[^（）]*\p{Han}[^（）]*）$', '\1'
            ),
            '^(约|近|大约|共|共计|增加?|新增|减少?|不足|超过?)?([+-]?)(\d{1,3}(?:[٬，]\d{3})+|\d+)(\.\d+)?(余|多)?（?([^\d（）]{0,8})）?$',
            ['prefix', 'sign', 'digits', 'decimals', 'surplus', 'suffix']
        ) as parts,
        regexp_extract(
            text_squashed, '^([零〇一二两三四五六七八九]?)(十?)([一二三四五六七八九]?)([^\d]{0,4})$',
            ['tens', 'ten', 'ones', 'suffix']
        ) as numerals,
        -- Blanks between digits part two figures, unless they mark thousands or a long figure was broken over lines.
        regexp_matches(text_regular, '\d\s+\d')
        and not regexp_matches(trim(text_regular), '^[+-]?\d{1,3}( \d{3})+(\.\d+)?\D*$')
        and not regexp_full_match(text_regular, '\s*(?:\d{3,}\s*\n\s*\d{1,3}|\d{4,}\s*\n\s*\d{1,4})\s*')
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
        numeral_units.unit is not null or numerals['suffix'] = '' as is_numeral,
    from texts_taken_apart as taken_apart
    left join marks on taken_apart.text_squashed = marks.mark
    left join units on parts['suffix'] = units.unit
    left join units as whole_units
        on regexp_replace(taken_apart.text_squashed, '^（(.*)）$', '\1') = whole_units.unit
    left join units as numeral_units on numerals['suffix'] = numeral_units.unit
),

texts_read as (
    select
        text_regular,
        text_squashed,
        case
            when text_squashed = '' or reads_as = 'blank' then 'blank'
            when reads_as = 'zero' then 'value'
            when bare_unit is not null then 'unit'
            when parts['digits'] != '' and (parts['suffix'] = '' or own_factor is not null)
                then if(is_parted, 'unclear', 'value')
            when parts['digits'] != '' and parts['suffix'] in ('%', '‰') then 'unclear'
            when
                is_numeral
                and numerals['tens'] || numerals['ten'] != ''
                and (numerals['ten'] != '' or numerals['ones'] = '')
                then 'value'
            when regexp_matches(text_squashed, '^（[^（）]*）$') then 'note'
            else 'label'
        end as cell_kind,
        case
            when reads_as = 'zero' then 0
            when parts['digits'] != '' then
                case when parts['sign'] = '-' or parts['prefix'][1:1] = '减' then -1 else 1 end
                * try_cast(translate(parts['digits'], '٬，', '') || parts['decimals'] as decimal(24, 6))
            when numerals['ten'] != ''
                then case numerals['tens'] when '' then 10 else 10 * {{ numeral("numerals['tens']") }} end
                    + {{ numeral("numerals['ones']") }}
            else {{ numeral("numerals['tens']") }}
        end as figure,
        is_parted,
        own_factor,
        own_kind,
        bare_unit,
        case
            when parts['prefix'] in ('约', '近', '大约') then 'about'
            when parts['surplus'] != '' or parts['prefix'] in ('超', '超过') then 'at_least'
            when parts['prefix'] = '不足' then 'at_most'
            else 'exact'
        end as qualifier,
    from texts_measured
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
        read.cell_kind,
        case when read.cell_kind = 'value' then read.figure end as figure,
        case when read.cell_kind = 'unclear' and read.is_parted then read.figure end as figure_if_one,
        read.qualifier,
        read.own_factor,
        read.own_kind,
        read.bare_unit,
        -- Labels so far in the row: the cells of a row belong to the last label before them.
        count_if(read.cell_kind = 'label') over (
            partition by cells.document_id, cells.table_no, cells.row_no
            order by cells.col_no
        ) as label_seq,
    from cells
    inner join texts_read as read on cells.text_regular = read.text_regular
)

select * from cells_read
