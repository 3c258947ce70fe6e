{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

header_cells as (
    select header_cells.*
    from {{ ref('int_header_cells') }} as header_cells
    inner join documents_to_build on header_cells.document_id = documents_to_build.document_id
),

cells as (
    select cells.*
    from {{ ref('int_cells_read') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

form_groups as (
    select * from {{ ref('int_form_groups') }}
),

column_labels as (
    select * exclude (label_code), label_code as column_code
    from header_cells
    where
        (label_role = 'column' or form_part = 'statistics')
        and label_code not in (select column_code from {{ ref('form_column_kinds') }} where kind = 'no_figures')
),

-- A label over others (数量 over 历年累计 and 本年度) is no column of its own.
leaves as (
    select *
    from column_labels
    where not exists (
        from column_labels as below
        where below.document_id = column_labels.document_id
        and below.header_no = column_labels.header_no
        and below.row_no > column_labels.row_no
        and (
            (column_labels.table_kind = 'grid' and column_labels.col_span > 1
            and below.col_no between column_labels.col_no and column_labels.col_no + column_labels.col_span - 1)
            or (column_labels.form_part = 'statistics' and column_labels.column_code = 'number')
        )
    )
),

-- A group holds until the next label of its row: blank cells after it are what is left of its span.
groups as (
    select
        header_cells.document_id,
        header_cells.header_no,
        header_cells.row_no,
        header_cells.col_no,
        coalesce(min(next_cells.col_no) - 1, any_value(header_cells.last_col_no)) as last_group_col_no,
        header_cells.opens_group as column_group,
    from header_cells
    left join cells as next_cells
        on header_cells.document_id = next_cells.document_id
        and header_cells.table_no = next_cells.table_no
        and header_cells.row_no = next_cells.row_no
        and header_cells.col_no < next_cells.col_no
        and next_cells.cell_kind != 'blank'
    where header_cells.opens_group is not null
    group by
        header_cells.document_id,
        header_cells.header_no,
        header_cells.row_no,
        header_cells.col_no,
        header_cells.opens_group
),

-- The groups of a header where columns are only an order: what stands over groups, such as lawsuits in all, is one
-- itself only where none of them is there.
group_orders as (
    select
        present.document_id,
        present.header_no,
        present.column_group,
        row_number() over (
            partition by present.document_id, present.header_no order by min(form_groups.place)
        ) as group_place,
    from (select distinct document_id, header_no, column_group from groups) as present
    inner join form_groups on present.column_group in (form_groups.column_group, form_groups.group_head)
    where
        present.column_group = form_groups.column_group
        or not exists (
            from groups as below
            inner join form_groups as kinds on below.column_group = kinds.column_group
            where below.document_id = present.document_id
            and below.header_no = present.header_no
            and kinds.group_head = present.column_group
            and kinds.group_head != kinds.column_group
        )
    group by present.document_id, present.header_no, present.column_group
),

-- A grid is orderly where no two columns begin at the same place: a header that lost its spans is not.
orders as (
    select
        document_id,
        header_no,
        any_value(table_kind) = 'grid' and count(distinct col_no) = count(*) as is_orderly,
    from leaves
    group by document_id, header_no
),

leaf_groups as (
    select
        leaves.document_id,
        leaves.header_no,
        leaves.row_no,
        leaves.col_no,
        arg_max(groups.column_group, groups.row_no) as column_group,
    from leaves
    inner join groups
        on leaves.document_id = groups.document_id
        and leaves.header_no = groups.header_no
        and leaves.row_no > groups.row_no
        and leaves.col_no between groups.col_no and groups.last_group_col_no
    group by leaves.document_id, leaves.header_no, leaves.row_no, leaves.col_no
),

leaves_grouped as (
    select leaves.*, orders.is_orderly, leaf_groups.column_group
    from leaves
    inner join orders on leaves.document_id = orders.document_id and leaves.header_no = orders.header_no
    left join leaf_groups
        on leaves.document_id = leaf_groups.document_id
        and leaves.header_no = leaf_groups.header_no
        and leaves.row_no = leaf_groups.row_no
        and leaves.col_no = leaf_groups.col_no
),

header_columns as (
    select
        * exclude (place),
        col_no + col_span - 1 as last_leaf_col_no,
    from leaves_grouped
    where is_orderly or form_part in ('matters', 'statistics', 'categories')
    union all by name
    -- Columns that are only an order come in the order of the form.
    select
        leaves.* exclude (place)
        replace (
            false as is_orderly,
            coalesce(group_orders.group_place, 0) * 100 + leaves.place as col_no,
            group_orders.column_group as column_group
        ),
        null::integer as last_leaf_col_no,
    from leaves_grouped as leaves
    left join group_orders
        on leaves.document_id = group_orders.document_id and leaves.header_no = group_orders.header_no
    where
        not leaves.is_orderly
        and leaves.form_part in ('application', 'appeals')
        and leaves.place is not null
    qualify
        row_number() over (
            partition by leaves.document_id, leaves.header_no, group_orders.group_place, leaves.place
            order by leaves.row_no, leaves.col_no
        ) = 1
)

select
    document_id,
    header_no,
    form_part,
    table_no,
    first_row_no,
    last_row_no,
    last_col_no,
    row_count,
    is_orderly,
    col_no as first_col_no,
    last_leaf_col_no,
    column_group,
    column_code,
    label,
    stated_unit,
    forms,
    tier,
from header_columns
