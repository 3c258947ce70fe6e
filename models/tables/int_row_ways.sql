{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

table_rows as (
    select table_rows.*
    from {{ ref('int_table_rows') }} as table_rows
    inner join documents_to_build on table_rows.document_id = documents_to_build.document_id
),

rows_joined as (
    select rows_joined.*
    from {{ ref('int_rows_joined') }} as rows_joined
    inner join documents_to_build on rows_joined.document_id = documents_to_build.document_id
),

header_lists as (
    select header_lists.*
    from {{ ref('int_header_lists') }} as header_lists
    inner join documents_to_build on header_lists.document_id = documents_to_build.document_id
),

shapes as (
    select * from {{ ref('int_form_shapes') }}
),

-- Parts whose columns are the same in every row, with a total.
whole_shapes as (
    select * exclude (forms, row_codes, column_groups, group_heads, block_codes)
    from shapes
    where row_codes is null and total_place is not null
),

-- The columns of a row that has some of its own.
row_shapes as (
    select distinct form_part, unnest(row_codes) as row_code, columns
    from shapes
    where row_codes is not null
),

rows_mended as (
    select
        table_rows.* exclude (row_cells, cell_count, figures_if_one),
        rows_joined.joined_seq,
        -- named in full: a column of the query's tables goes before a name given here
        coalesce(rows_joined.joined_cells, table_rows.row_cells) as row_cells,
        if(rows_joined.document_id is null, table_rows.cell_count, len(rows_joined.joined_cells)) as cell_count,
        list_transform(
            coalesce(rows_joined.joined_cells, table_rows.row_cells), lambda cell: cell['figure']
        ) as figures,
        header_lists.* exclude (document_id, header_no, form_part),
        -- A figure's place is its column's where the row's end is the header's, or no cell is blank: rows and headers
        -- that lost their spans do not end together.
        case
            when
                table_rows.is_header_own
                and (
                    header_lists.is_orderly
                    or (header_lists.header_row_count = 1 and header_lists.header_last_col_no = table_rows.last_col_no)
                )
                and (table_rows.last_col_no = header_lists.header_last_col_no or table_rows.blank_count = 0)
                then list_transform(
                    table_rows.row_cells,
                    lambda cell: if(
                        cell['is_figure'],
                        list_position(
                            list_transform(
                                header_lists.columns,
                                lambda head: cell['col_no'] between head['first_col_no'] and head['last_col_no']
                            ),
                            true
                        ),
                        -1
                    )
                )
        end as column_seqs,
    from table_rows
    left join header_lists
        on table_rows.document_id = header_lists.document_id and table_rows.header_no = header_lists.header_no
    left join rows_joined
        on table_rows.document_id = rows_joined.document_id
        and table_rows.table_no = rows_joined.table_no
        and table_rows.row_no = rows_joined.row_no
        and table_rows.label_seq = rows_joined.label_seq
),

-- The form of a row is the one whose columns its header has, or that has as many, or the narrowest.
rows_with_shapes as (
    select
        rows_mended.*,
        row_shapes.columns as own_columns,
        whole_shapes.* exclude (form_part, columns, column_key),
        whole_shapes.columns as form_columns,
    from rows_mended
    left join whole_shapes on rows_mended.form_part = whole_shapes.form_part
    -- where not all heads are known, those that are tell of which form the row is
    left join row_shapes
        on rows_mended.form_part = row_shapes.form_part
        and rows_mended.row_code = row_shapes.row_code
        and rows_mended.cell_count = len(row_shapes.columns)
        and rows_mended.column_count < len(row_shapes.columns)
        and list_has_all(
            list_transform(row_shapes.columns, lambda head: head['column_code']),
            list_transform(rows_mended.columns, lambda head: head['column_code'])
        )
    qualify
        row_number() over (
            partition by
                rows_mended.document_id, rows_mended.table_no, rows_mended.row_no, rows_mended.label_seq
            order by
                coalesce(rows_mended.column_key = whole_shapes.column_key, false) desc,
                rows_mended.cell_count = whole_shapes.width desc,
                whole_shapes.width
        ) = 1
),

-- Text whose reading order is lost has rows longer than any form; what is left in a row of it says nothing.
parts_out_of_order as (
    select distinct table_rows.document_id, table_rows.form_part
    from table_rows
    inner join (
        select form_part, max(width) as widest
        from whole_shapes
        where block_count = 1
        group by form_part
    ) as widths
        on table_rows.form_part = widths.form_part
    where table_rows.table_kind = 'flat' and table_rows.cell_count > widths.widest + 1
),

rows_with_ways as (
    select
        *,
        case
            when joined_seq is not null then if(column_count = width, 'order', 'form')
            -- the head of the table of appeals lost its first row, so that some results belong to nobody
            when block_count > 1 and cell_count = width and coalesce(has_nameless_columns, true) then 'form'
            when
                column_seqs is not null
                and not list_contains(list_transform(column_seqs, lambda seq: coalesce(seq, 0)), 0)
                then 'place'
            when cell_count = column_count then 'order'
            when own_columns is not null then 'matters'
            when block_count = 1 and cell_count = width and (coalesce(column_count, 0) != width - 1 or has_total)
                then 'form'
            -- Blank cells vanish from flat text: of what is left the last is the total, where the others add up to it.
            when
                block_count = 1 and total_place = width
                and table_kind = 'flat' and cell_count = figure_count
                and (cell_count < width - 1 or (cell_count = width - 1 and column_count = width))
                and (cell_count = 1 or list_sum(figures[:-2]) = figures[-1])
                and not exists (
                    from parts_out_of_order
                    where parts_out_of_order.document_id = rows_with_shapes.document_id
                    and parts_out_of_order.form_part = rows_with_shapes.form_part
                )
                then 'total'
            when block_count > 1 and cell_count = width then 'form'
            when block_count > 1 and cell_count = 1 and row_code is not null then 'row'
            when form_part = 'statistics' and figure_count = 1 and not coalesce(has_other_periods, false) then 'single'
        end as way,
    from rows_with_shapes
),

-- Cells without a header are the columns of a form only where they add up to their total in most rows of the table
-- (or nothing but the total is stated).
tables_not_adding_up as (
    select document_id, table_no
    from rows_with_ways
    where way = 'form' and block_count = 1
    group by document_id, table_no
    having
        avg(
            if(
                coalesce(list_sum({{ addends('figures', 'rows_with_ways') }}), figures[total_place])
                = figures[total_place],
                1,
                0
            )
        ) < 0.5
),

-- Where many rows of flat text do not add up, those that do not are no rows.
rows_not_adding_up as (
    select document_id, table_no, row_no, label_seq
    from (
        select
            *,
            list_transform(figures, lambda figure: coalesce(figure, 0)) as filled,
            list_sum({{ addends('filled', 'rows_with_ways') }}) as sum_of_row,
            filled[total_place] as total,
            count_if(sum_of_row + total > 0) over (partition by document_id, table_no) as filled_count,
            count_if(sum_of_row != total) over (partition by document_id, table_no) as wrong_count,
        from rows_with_ways
        where block_count = 1 and table_kind = 'flat' and cell_count = width and way in ('order', 'form')
    ) as whole_rows
    where sum_of_row != total and wrong_count >= 2 and wrong_count * 3 >= filled_count
),

-- Of text out of order, rows that are not whole and do not add up are made of other rows' cells.
rows_out_of_order as (
    select
        rows_with_ways.document_id,
        rows_with_ways.table_no,
        rows_with_ways.row_no,
        rows_with_ways.label_seq,
        list_transform(rows_with_ways.figures, lambda figure: coalesce(figure, 0)) as filled,
    from rows_with_ways
    inner join parts_out_of_order
        on rows_with_ways.document_id = parts_out_of_order.document_id
        and rows_with_ways.form_part = parts_out_of_order.form_part
    where
        rows_with_ways.block_count = 1
        and rows_with_ways.table_kind = 'flat'
        and (
            rows_with_ways.cell_count != rows_with_ways.width
            or list_sum({{ addends('filled', 'rows_with_ways') }}) != filled[rows_with_ways.total_place]
        )
),

-- A result stands before its one figure, or above a column: before several figures it is a piece of the head.
rows_behind_heads as (
    select rows_with_ways.document_id, rows_with_ways.table_no, rows_with_ways.row_no, rows_with_ways.label_seq
    from rows_with_ways
    inner join (
        select distinct form_part, unnest(block_codes) as column_code from shapes where block_count > 1
    ) as heads
        on rows_with_ways.form_part = heads.form_part and rows_with_ways.row_code = heads.column_code
    where rows_with_ways.table_kind = 'flat' and rows_with_ways.cell_count > 1 and rows_with_ways.cell_count < rows_with_ways.block_size
),

rows_of_no_row as (
    select * from rows_not_adding_up
    union
    select * exclude (filled) from rows_out_of_order
    union
    select * from rows_behind_heads
),

row_ways as (
    select
        rows_with_ways.* exclude (columns, column_seqs, own_columns, form_columns),
        case way
            when 'place' then list_transform(column_seqs, lambda seq: columns[seq])
            when 'order' then columns
            when 'form' then form_columns
            when 'matters' then own_columns
            else list_transform(row_cells, lambda cell: null)
        end as heads,
    from rows_with_ways
    anti join rows_of_no_row
        on rows_with_ways.document_id = rows_of_no_row.document_id
        and rows_with_ways.table_no = rows_of_no_row.table_no
        and rows_with_ways.row_no = rows_of_no_row.row_no
        and rows_with_ways.label_seq = rows_of_no_row.label_seq
    where
        way is not null
        and not (
            way = 'form'
            and block_count = 1
            and exists (
                from tables_not_adding_up
                where tables_not_adding_up.document_id = rows_with_ways.document_id
                and tables_not_adding_up.table_no = rows_with_ways.table_no
            )
        )
)

select * from row_ways
