{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

header_columns as (
    select header_columns.*
    from {{ ref('int_header_columns') }} as header_columns
    inner join documents_to_build on header_columns.document_id = documents_to_build.document_id
),

form_groups as (
    select * from {{ ref('int_form_groups') }}
),

groups as (
    select cells.document_id, cells.opens_group as column_group
    from {{ ref('int_header_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    where cells.opens_group is not null
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
            select header_columns.document_id, header_columns.header_no, header_columns.form_part
            from header_columns
            inner join (select distinct form_part, block_size from form_groups) as blocks
                on header_columns.form_part = blocks.form_part
            group by all
            having count(*) = any_value(blocks.block_size) and count(header_columns.column_group) = 0
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
        from header_columns
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
        header_columns.document_id,
        header_columns.header_no,
        header_columns.form_part,
        header_columns.table_no,
        header_columns.first_row_no,
        header_columns.last_row_no,
        header_columns.last_col_no,
        header_columns.row_count,
        header_columns.is_orderly,
        row_number() over columns_in_order as column_seq,
        count(*) over (partition by header_columns.document_id, header_columns.header_no) as column_count,
        header_columns.first_col_no,
        header_columns.last_leaf_col_no,
        coalesce(twin_headers.column_group, header_columns.column_group, nameless_headers.column_group) as column_group,
        header_columns.column_code,
        header_columns.label,
        header_columns.stated_unit,
        header_columns.forms,
        header_columns.tier,
    from header_columns
    left join nameless_headers
        on header_columns.document_id = nameless_headers.document_id
        and header_columns.header_no = nameless_headers.header_no
    left join twin_headers
        on header_columns.document_id = twin_headers.document_id
        and header_columns.header_no = twin_headers.header_no
    window columns_in_order as (
        partition by header_columns.document_id, header_columns.header_no
        order by header_columns.first_col_no
    )
)

select * from table_headers
