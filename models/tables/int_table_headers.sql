{{ config(materialized='by_document') }}

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

-- Parts whose columns come in groups: the groups in the order of the form, each after what may stand over it.
grouped_shapes as (
    select * from {{ ref('int_form_shapes') }} where block_count > 1
),

form_groups as (
    select distinct
        form_part,
        unnest(column_groups) as column_group,
        unnest(group_heads) as group_head,
        generate_subscripts(column_groups, 1) as place,
        block_count,
        block_size,
    from grouped_shapes
),

-- Who was taken to court, and how, heads the columns of the table of appeals, though it may also stand before a row.
header_cells as (
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
    from (select distinct document_id, table_no, row_no, form_part from header_cells) as distinct_rows
    window rows_of_table as (partition by document_id, table_no, form_part order by row_no)
),

-- A header is a run of header rows; it holds until the next one of its part, also over the end of a table.
numbered_rows as (
    select
        *,
        count_if(is_first_row) over (partition by document_id order by form_part, table_no, row_no) as header_no,
    from header_rows
),

-- A table of categories counts items disclosed: a table of other things by kind says neither 条, 信息 nor 公开.
tables_about_information as (
    select distinct document_id, table_no
    from cells
    where cell_kind = 'label' and regexp_matches(text_squashed, '信息|公开')
),

category_headers as (
    select numbered_rows.document_id, numbered_rows.header_no
    from header_cells
    inner join numbered_rows
        on header_cells.document_id = numbered_rows.document_id
        and header_cells.table_no = numbered_rows.table_no
        and header_cells.row_no = numbered_rows.row_no
        and header_cells.form_part = numbered_rows.form_part
    left join tables_about_information
        on header_cells.document_id = tables_about_information.document_id
        and header_cells.table_no = tables_about_information.table_no
    where header_cells.form_part = 'categories'
    group by numbered_rows.document_id, numbered_rows.header_no
    having
        bool_or(header_cells.label_code = 'category')
        and (
            count(tables_about_information.table_no) > 0
            or bool_or(regexp_matches(header_cells.text_squashed, '条|发布'))
        )
),

header_rows_ends as (
    select
        numbered_rows.document_id,
        numbered_rows.header_no,
        numbered_rows.form_part,
        numbered_rows.table_no,
        count(distinct numbered_rows.row_no) as row_count,
        min(numbered_rows.row_no) as first_row_no,
        max(numbered_rows.row_no) as last_row_no,
        max(cells.col_no + cells.col_span - 1) as last_col_no,
    from numbered_rows
    inner join cells
        on numbered_rows.document_id = cells.document_id
        and numbered_rows.table_no = cells.table_no
        and numbered_rows.row_no = cells.row_no
    group by all
),

column_labels as (
    select
        header_cells.document_id,
        numbered_rows.header_no,
        header_cells.form_part,
        header_cells.table_kind,
        header_cells.row_no,
        header_cells.col_no,
        header_cells.col_span,
        header_cells.label_code as column_code,
        header_cells.label,
        header_cells.place,
        header_cells.stated_unit,
        header_cells.forms,
        header_cells.tier,
    from header_cells
    inner join numbered_rows
        on header_cells.document_id = numbered_rows.document_id
        and header_cells.table_no = numbered_rows.table_no
        and header_cells.row_no = numbered_rows.row_no
        and header_cells.form_part = numbered_rows.form_part
    where
        (header_cells.label_role = 'column' or header_cells.form_part = 'statistics')
        and header_cells.label_code not in ('heading', 'legal', 'unit', 'note', 'category')
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
        numbered_rows.header_no,
        header_cells.row_no,
        header_cells.col_no,
        coalesce(min(next_cells.col_no) - 1, any_value(header_rows_ends.last_col_no)) as last_group_col_no,
        header_cells.opens_group as column_group,
    from header_cells
    inner join numbered_rows
        on header_cells.document_id = numbered_rows.document_id
        and header_cells.table_no = numbered_rows.table_no
        and header_cells.row_no = numbered_rows.row_no
        and header_cells.form_part = numbered_rows.form_part
    inner join header_rows_ends
        on numbered_rows.document_id = header_rows_ends.document_id
        and numbered_rows.header_no = header_rows_ends.header_no
    left join cells as next_cells
        on header_cells.document_id = next_cells.document_id
        and header_cells.table_no = next_cells.table_no
        and header_cells.row_no = next_cells.row_no
        and header_cells.col_no < next_cells.col_no
        and next_cells.cell_kind != 'blank'
    where header_cells.opens_group is not null
    group by
        header_cells.document_id,
        numbered_rows.header_no,
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
        any_value(form_part) as form_part,
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

ordered_leaves as (
    select
        document_id,
        header_no,
        is_orderly,
        col_no,
        col_no + col_span - 1 as last_leaf_col_no,
        column_group,
        column_code,
        label,
        stated_unit,
        forms,
        tier,
    from leaves_grouped
    where is_orderly or form_part in ('matters', 'statistics', 'categories')
    union all by name
    -- Columns that are only an order come in the order of the form.
    select distinct on (leaves.document_id, leaves.header_no, group_orders.group_place, leaves.place)
        leaves.document_id,
        leaves.header_no,
        false as is_orderly,
        coalesce(group_orders.group_place, 0) * 100 + leaves.place as col_no,
        group_orders.column_group,
        leaves.column_code,
        leaves.label,
        leaves.stated_unit,
        leaves.forms,
        leaves.tier,
    from leaves_grouped as leaves
    left join group_orders
        on leaves.document_id = group_orders.document_id and leaves.header_no = group_orders.header_no
    where
        not leaves.is_orderly
        and leaves.form_part in ('application', 'appeals')
        and leaves.place is not null
),

-- A table of each group without a word on whose, or the first of them alone: the form's order tells.
nameless_headers as (
    select headers_without_group.document_id, headers_without_group.header_no, form_groups.column_group
    from (
        select
            document_id,
            header_no,
            form_part,
            row_number() over (partition by document_id, form_part order by header_no) as place,
            count(*) over (partition by document_id, form_part) as header_count,
        from (
            select ordered_leaves.document_id, ordered_leaves.header_no, orders.form_part
            from ordered_leaves
            inner join orders
                on ordered_leaves.document_id = orders.document_id and ordered_leaves.header_no = orders.header_no
            inner join (select distinct form_part, block_size from form_groups) as blocks
                on orders.form_part = blocks.form_part
            group by all
            having count(*) = any_value(blocks.block_size) and count(ordered_leaves.column_group) = 0
        ) as headers
    ) as headers_without_group
    inner join form_groups
        on headers_without_group.form_part = form_groups.form_part
        and headers_without_group.place = form_groups.place
    where
        headers_without_group.header_count = form_groups.block_count
        -- one alone, beside tables of the other groups
        or (
            headers_without_group.header_count = 1
            and headers_without_group.document_id in (
                select groups.document_id
                from groups
                inner join form_groups as others
                    on groups.column_group in (others.column_group, others.group_head) and others.place > 1
            )
            and headers_without_group.document_id not in (
                select groups.document_id
                from groups
                inner join form_groups as firsts on groups.column_group = firsts.column_group and firsts.place = 1
            )
        )
),

-- A table of each group under one head, without a word on which: the form's order tells.
kinds_of_groups as (
    select
        *,
        row_number() over (partition by form_part, group_head order by place) as kind_place,
        count(*) over (partition by form_part, group_head) as kind_count,
    from form_groups
    where group_head != column_group
),

twin_headers as (
    select headers_of_heads.document_id, headers_of_heads.header_no, kinds_of_groups.column_group
    from (
        select
            document_id,
            header_no,
            any_value(column_group) as group_head,
            row_number() over (partition by document_id, any_value(column_group) order by header_no) as kind_place,
            count(*) over (partition by document_id, any_value(column_group)) as header_count,
        from ordered_leaves
        group by document_id, header_no
        having
            count(*) in (select block_size from kinds_of_groups)
            and count(column_group) = count(*)
            and count(distinct column_group) = 1
            and any_value(column_group) in (select group_head from kinds_of_groups)
    ) as headers_of_heads
    inner join kinds_of_groups
        on headers_of_heads.group_head = kinds_of_groups.group_head
        and headers_of_heads.kind_place = kinds_of_groups.kind_place
        and headers_of_heads.header_count = kinds_of_groups.kind_count
    where not exists (
        from groups
        inner join kinds_of_groups as kinds on groups.column_group = kinds.column_group
        where groups.document_id = headers_of_heads.document_id and kinds.group_head = headers_of_heads.group_head
    )
),

table_headers as (
    select
        ordered_leaves.document_id,
        ordered_leaves.header_no,
        header_rows_ends.form_part,
        header_rows_ends.table_no,
        header_rows_ends.first_row_no,
        header_rows_ends.last_row_no,
        header_rows_ends.last_col_no,
        header_rows_ends.row_count,
        ordered_leaves.is_orderly,
        row_number() over leaves_in_order as column_seq,
        count(*) over (partition by ordered_leaves.document_id, ordered_leaves.header_no) as column_count,
        ordered_leaves.col_no as first_col_no,
        ordered_leaves.last_leaf_col_no,
        coalesce(twin_headers.column_group, ordered_leaves.column_group, nameless_headers.column_group) as column_group,
        ordered_leaves.column_code,
        ordered_leaves.label,
        ordered_leaves.stated_unit,
        ordered_leaves.forms,
        ordered_leaves.tier,
    from ordered_leaves
    inner join header_rows_ends
        on ordered_leaves.document_id = header_rows_ends.document_id
        and ordered_leaves.header_no = header_rows_ends.header_no
    left join nameless_headers
        on ordered_leaves.document_id = nameless_headers.document_id
        and ordered_leaves.header_no = nameless_headers.header_no
    left join twin_headers
        on ordered_leaves.document_id = twin_headers.document_id
        and ordered_leaves.header_no = twin_headers.header_no
    where
        header_rows_ends.form_part != 'categories'
        or exists (
            from category_headers
            where category_headers.document_id = ordered_leaves.document_id
            and category_headers.header_no = ordered_leaves.header_no
        )
    window leaves_in_order as (
        partition by ordered_leaves.document_id, ordered_leaves.header_no
        order by ordered_leaves.col_no
    )
)

select * from table_headers
