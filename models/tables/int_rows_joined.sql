{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

table_rows as (
    select table_rows.*
    from {{ ref('int_table_rows') }} as table_rows
    inner join documents_to_build on table_rows.document_id = documents_to_build.document_id
),

header_lists as (
    select header_lists.*
    from {{ ref('int_header_lists') }} as header_lists
    inner join documents_to_build on header_lists.document_id = documents_to_build.document_id
),

-- What a row of one block of columns and their total may be: forms that differ in names alone are one shape.
shapes as (
    select distinct form_part, width, total_place, first_kind, last_kind, column_key
    from {{ ref('int_form_shapes') }}
    where block_count = 1 and total_place is not null
),

-- Rows with one cell too many. One as long as its header, where that is a form's own, has none.
rows_too_long as (
    select distinct
        table_rows.document_id,
        table_rows.table_no,
        table_rows.row_no,
        table_rows.label_seq,
        table_rows.row_cells,
        list_transform(table_rows.row_cells, lambda cell: coalesce(cell['figure'], 0)) as figures,
        shapes.width,
        shapes.total_place,
        shapes.first_kind,
        shapes.last_kind,
    from table_rows
    inner join shapes on table_rows.form_part = shapes.form_part and table_rows.cell_count = shapes.width + 1
    left join header_lists
        on table_rows.document_id = header_lists.document_id and table_rows.header_no = header_lists.header_no
    where
        table_rows.unclear_count = 0
        and not (
            coalesce(header_lists.column_count, 0) = table_rows.cell_count
            and header_lists.column_key in (select column_key from shapes)
        )
),

-- In every row one figure is the sum of some kinds of applicants, before them or behind: a column without a head of
-- its own, such as that of all legal persons.
rows_by_subtotal as (
    select
        rows_too_long.*,
        places.subtotal_seq,
        list_filter(figures, lambda figure, place: place != subtotal_seq) as other_figures,
        figures[subtotal_seq] = list_sum(other_figures[first_kind:last_kind])
        and list_sum({{ addends('other_figures', 'rows_too_long') }}) = other_figures[total_place] as adds_up,
    from rows_too_long, unnest([first_kind, last_kind + 1]) as places (subtotal_seq)
),

columns_of_subtotals as (
    select document_id, table_no, width, subtotal_seq
    from rows_by_subtotal
    group by document_id, table_no, width, first_kind, subtotal_seq
    having
        count(*) > 2
        and max(list_sum(figures[first_kind:last_kind + 1])) > 0
        and bool_and(adds_up)
    qualify row_number() over (partition by document_id, table_no, width order by subtotal_seq) = 1
),

rows_without_subtotal as (
    select
        rows_too_long.document_id,
        rows_too_long.table_no,
        rows_too_long.row_no,
        rows_too_long.label_seq,
        0 as joined_seq,
        list_filter(
            rows_too_long.row_cells, lambda cell, place: place != columns_of_subtotals.subtotal_seq
        ) as joined_cells,
    from rows_too_long
    inner join columns_of_subtotals
        on rows_too_long.document_id = columns_of_subtotals.document_id
        and rows_too_long.table_no = columns_of_subtotals.table_no
        and rows_too_long.width = columns_of_subtotals.width
),

-- Figures whose digits stand apart in their cells (1 7), where only together they add up.
rows_of_digits_apart as (
    select distinct
        table_rows.document_id,
        table_rows.table_no,
        table_rows.row_no,
        table_rows.label_seq,
        0 as joined_seq,
        list_transform(
            table_rows.row_cells,
            lambda cell, place: {
                'col_no': cell['col_no'],
                'figure': coalesce(cell['figure'], table_rows.figures_if_one[place]),
                'is_figure': cell['is_figure'] or table_rows.figures_if_one[place] is not null,
                'text': cell['text'],
                'qualifier': cell['qualifier'],
                'own_factor': cell['own_factor'],
                'own_kind': cell['own_kind'],
                'page': cell['page']
            }
        ) as joined_cells,
        list_transform(joined_cells, lambda cell: coalesce(cell['figure'], 0)) as figures,
    from table_rows
    inner join shapes on table_rows.form_part = shapes.form_part and table_rows.cell_count = shapes.width
    where
        table_rows.unclear_count > 0
        and len(list_filter(table_rows.figures_if_one, lambda figure: figure is not null)) = table_rows.unclear_count
        and list_sum({{ addends('figures', 'shapes') }}) = joined_cells[shapes.total_place]['figure']
),

-- A figure's digits may be split over two cells. They are put together where just one way to do so makes the
-- applicants add up to the total.
ways_to_join as (
    select
        rows_too_long.*,
        joinable.joined_seq,
        case
            when
                regexp_full_match(row_cells[joined_seq]['text'], '\s*[1-9]\d*\s*')
                and regexp_full_match(row_cells[joined_seq + 1]['text'], '\s*\d+\s*')
                then trim(row_cells[joined_seq]['text']) || trim(row_cells[joined_seq + 1]['text'])
        end::decimal(24, 6) as joined_figure,
        trim(row_cells[joined_seq]['text']) || ' | ' || trim(row_cells[joined_seq + 1]['text']) as joined_text,
        figures[:joined_seq - 1] || [joined_figure] || figures[joined_seq + 2:] as joined_figures,
    from rows_too_long, unnest(range(1, rows_too_long.width + 1)) as joinable (joined_seq)
    where not exists (
        from columns_of_subtotals
        where columns_of_subtotals.document_id = rows_too_long.document_id
        and columns_of_subtotals.table_no = rows_too_long.table_no
        and columns_of_subtotals.width = rows_too_long.width
    )
),

rows_joined as (
    select
        document_id,
        table_no,
        row_no,
        label_seq,
        joined_seq,
        row_cells[:joined_seq - 1]
        || [{
            'col_no': row_cells[joined_seq]['col_no'],
            'figure': joined_figure,
            'is_figure': true,
            'text': joined_text,
            'qualifier': 'exact',
            'own_factor': null::decimal(20, 4),
            'own_kind': null::varchar,
            'page': row_cells[joined_seq]['page']
        }]
        || row_cells[joined_seq + 2:] as joined_cells,
    from ways_to_join
    where
        joined_figure is not null
        and list_sum({{ addends('joined_figures', 'ways_to_join') }}) = joined_figures[total_place]
    qualify count(*) over (partition by document_id, table_no, row_no, label_seq) = 1
    union all
    select * from rows_without_subtotal
    union all
    select * exclude (figures) from rows_of_digits_apart
)

select * from rows_joined
