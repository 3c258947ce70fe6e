{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

cells as (
    select cells.*
    from {{ ref('int_cells_read') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    where cells.table_kind = 'flat'
),

labels as (
    select labels.document_id, labels.table_no, labels.row_no, labels.col_no, labels.label_seq, labels.form_part,
        labels.label_role, labels.tier,
    from {{ ref('int_labels_matched') }} as labels
    inner join documents_to_build on labels.document_id = documents_to_build.document_id
),

-- A piece of a table with too few labels to tell its part may have a row's own.
pieces as (
    select document_id, table_no, min(form_part) as form_part
    from labels
    where label_role = 'row' and tier <= 2
    group by document_id, table_no
    having count(distinct form_part) = 1
),

words as (
    select distinct document_id, table_no from cells where cell_kind = 'label' and regexp_matches(text, '\p{Han}')
),

-- Numbers without a word go on with the table before. Where a column of labels became text of its own, the numbers of
-- statistics stand in a table that nothing tells.
tables as (
    select
        document_id,
        table_no,
        coalesce(
            own_parts,
            if(has_words, null, last_value(own_parts ignore nulls) over (partition by document_id order by table_no)),
            'statistics'
        ) as form_parts,
    from (
        select
            tables.document_id,
            tables.table_no,
            coalesce(nullif(tables.form_parts, ''), pieces.form_part) as own_parts,
            words.document_id is not null as has_words,
        from {{ ref('int_tables_recognised') }} as tables
        inner join documents_to_build on tables.document_id = documents_to_build.document_id
        left join pieces on tables.document_id = pieces.document_id and tables.table_no = pieces.table_no
        left join words on tables.document_id = words.document_id and tables.table_no = words.table_no
        where tables.table_kind = 'flat'
    ) as tables_of_text
),

official_parts as (
    select form_part from {{ ref('form_parts') }}
),

-- What rows with labels give. A row of which only the total is left is no sign of order.
rows_in_order as (
    select row_ways.document_id, row_ways.form_part, sum(len(row_ways.row_cells)) as number_count
    from {{ ref('int_row_ways') }} as row_ways
    inner join documents_to_build on row_ways.document_id = documents_to_build.document_id
    where
        row_ways.table_kind = 'flat'
        and row_ways.way != 'total'
        and (row_ways.row_code is not null or row_ways.form_part = 'appeals')
    group by row_ways.document_id, row_ways.form_part
),

-- A cell holds a figure or none; several with blanks between (206 158), or zeros run together; a label may end in them.
cells_with_figures as (
    select
        cells.*,
        case
            when cell_kind = 'value' and not regexp_full_match(text_squashed, '0{2,}') then [figure]
            when cell_kind = 'blank' then [null]
            when cell_kind in ('value', 'unclear', 'label') then {{ numbers_at_end('text') }}
        end as figures,
    from cells
),

-- A number in a table of several parts is of the part that the last label before it tells.
numbers as (
    select
        cells.document_id,
        cells.table_no,
        cells.row_no,
        cells.col_no,
        cells.label_seq,
        cells.page,
        cells.after_block_no,
        cells.text,
        cells.qualifier,
        cells.own_factor,
        cells.own_kind,
        if(contains(tables.form_parts, ','), labels.form_part, tables.form_parts) as form_part,
        unnest(cells.figures) as figure,
        generate_subscripts(cells.figures, 1) as piece_no,
    from cells_with_figures as cells
    inner join tables on cells.document_id = tables.document_id and cells.table_no = tables.table_no
    asof left join labels
        on cells.document_id = labels.document_id
        and cells.table_no = labels.table_no
        and cells.row_no * 1000000 + cells.col_no >= labels.row_no * 1000000 + labels.col_no
    where len(cells.figures) > 0
),

-- Figures behind a label, known or not, have a row, unless more stand there than it has columns.
widths as (
    select form_part, max(width) as width
    from (
        select form_part, if(block_count > 1, 1, width) as width from {{ ref('int_form_shapes') }}
    ) as rows_of_shapes
    group by form_part
),

rows_named as (
    select numbers.document_id, numbers.table_no, numbers.row_no, numbers.label_seq
    from numbers
    inner join widths on numbers.form_part = widths.form_part
    where numbers.label_seq > 0
    group by numbers.document_id, numbers.table_no, numbers.row_no, numbers.label_seq, widths.width
    having count(*) <= widths.width + 1
),

torn_numbers as (
    select
        numbers.*,
        rows_named.document_id is not null as has_row,
        row_number() over (
            partition by numbers.document_id, numbers.form_part
            order by numbers.table_no, numbers.row_no, numbers.col_no, numbers.piece_no
        ) as number_no,
        count(*) over (partition by numbers.document_id, numbers.form_part) as number_count,
        coalesce(rows_in_order.number_count, 0) as numbers_in_order,
    from numbers
    inner join official_parts on numbers.form_part = official_parts.form_part
    left join rows_in_order
        on numbers.document_id = rows_in_order.document_id and numbers.form_part = rows_in_order.form_part
    left join rows_named
        on numbers.document_id = rows_named.document_id
        and numbers.table_no = rows_named.table_no
        and numbers.row_no = rows_named.row_no
        and numbers.label_seq = rows_named.label_seq
)

select * from torn_numbers
where number_count > numbers_in_order
