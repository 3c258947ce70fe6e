{{ config(materialized='by_document') }}

{%- set information = words('form_words', "use = 'of_information'") -%}
{%- set items = words('form_words', "use = 'items_published'") %}

with documents_to_build as (
    {{ documents_to_build() }}
),

labels as (
    select labels.*
    from {{ ref('int_labels_matched') }} as labels
    inner join documents_to_build on labels.document_id = documents_to_build.document_id
),

cells as (
    select cells.*
    from {{ ref('int_cells_read') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

-- A table of statistics may lie on its side: several row labels next to each other, above their figures. No row label
-- of such a table has figures beside it.
lying_rows as (
    select document_id, table_no, row_no
    from labels
    where form_part = 'statistics' and label_role = 'row'
    group by document_id, table_no, row_no
    having count(distinct label_code) >= 2
    qualify max(max(figure_count)) over (partition by document_id, table_no) = 0
),

-- Who was taken to court, and how, heads the columns of the table of appeals, though it may also stand before a row.
header_labels as (
    select * replace (
        -- what an ambiguous label means below a label beside it is not known
        if(label_role = 'row' and form_part = 'statistics' and opens_group is null, 'heading', label_code) as label_code
    )
    from labels
    where
        figure_count = 0
        and (
            label_role = 'column'
            or form_part = 'appeals'
            or (form_part = 'statistics' and (document_id, table_no, row_no) in (from lying_rows))
        )
),

header_rows as (
    select
        document_id,
        table_no,
        row_no,
        form_part,
        coalesce(row_no - lag(row_no) over rows_of_table, 0) != 1 as is_first_row,
    from (select distinct document_id, table_no, row_no, form_part from header_labels) as distinct_rows
    window rows_of_table as (partition by document_id, table_no, form_part order by row_no)
),

-- A header is a run of header rows; it holds until the next one of its part, also over the end of a table.
numbered_rows as (
    select
        *,
        count_if(is_first_row) over (partition by document_id order by form_part, table_no, row_no) as header_no,
    from header_rows
),

header_cells as (
    select header_labels.*, numbered_rows.header_no
    from header_labels
    inner join numbered_rows
        on header_labels.document_id = numbered_rows.document_id
        and header_labels.table_no = numbered_rows.table_no
        and header_labels.row_no = numbered_rows.row_no
        and header_labels.form_part = numbered_rows.form_part
),

-- A table of categories counts items disclosed: a table of other things by kind has none of the words for these.
tables_about_information as (
    select distinct document_id, table_no
    from cells
    where cell_kind = 'label' and regexp_matches(text_squashed, '{{ information }}')
),

category_headers as (
    select header_cells.document_id, header_cells.header_no
    from header_cells
    left join tables_about_information
        on header_cells.document_id = tables_about_information.document_id
        and header_cells.table_no = tables_about_information.table_no
    where header_cells.form_part = 'categories'
    group by header_cells.document_id, header_cells.header_no
    having
        bool_or(header_cells.label_code = 'category')
        and (
            count(tables_about_information.table_no) > 0
            or bool_or(regexp_matches(header_cells.text_squashed, '{{ items }}'))
        )
),

headers as (
    select
        numbered_rows.document_id,
        numbered_rows.header_no,
        count(distinct numbered_rows.row_no) as row_count,
        min(numbered_rows.row_no) as first_row_no,
        max(numbered_rows.row_no) as last_row_no,
        max(cells.col_no + cells.col_span - 1) as last_col_no,
    from numbered_rows
    inner join cells
        on numbered_rows.document_id = cells.document_id
        and numbered_rows.table_no = cells.table_no
        and numbered_rows.row_no = cells.row_no
    left join category_headers
        on numbered_rows.document_id = category_headers.document_id
        and numbered_rows.header_no = category_headers.header_no
    where numbered_rows.form_part != 'categories' or category_headers.header_no is not null
    group by numbered_rows.document_id, numbered_rows.header_no
),

cells_of_headers as (
    select
        header_cells.document_id,
        header_cells.header_no,
        header_cells.form_part,
        header_cells.table_no,
        header_cells.table_kind,
        header_cells.row_no,
        header_cells.col_no,
        header_cells.col_span,
        header_cells.label_role,
        header_cells.label,
        header_cells.label_code,
        header_cells.opens_group,
        header_cells.place,
        header_cells.forms,
        header_cells.tier,
        header_cells.stated_unit,
        headers.row_count,
        headers.first_row_no,
        headers.last_row_no,
        headers.last_col_no,
    from header_cells
    inner join headers
        on header_cells.document_id = headers.document_id and header_cells.header_no = headers.header_no
)

select * from cells_of_headers
