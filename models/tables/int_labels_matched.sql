{{ config(materialized='by_document') }}

{%- set yuan = words('form_units', "kind = 'money' and unit like '%元'", column='unit') %}

with documents_to_build as (
    {{ documents_to_build() }}
),

cells as (
    select cells.*
    from {{ ref('int_cells_read') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

placed_cells as (
    select placed_cells.*
    from {{ ref('int_labels_placed') }} as placed_cells
    inner join documents_to_build on placed_cells.document_id = documents_to_build.document_id
),

meanings as (
    select
        known_and_alike.*,
        count(distinct label_role) over (partition by document_id, text_squashed, form_part) as role_count,
        count(*) over (partition by document_id, text_squashed, form_part, label_role) as reading_count,
    from (
        select * from {{ ref('int_wordings_known') }}
        union all by name
        select * from {{ ref('int_wordings_alike') }}
    ) as known_and_alike
    inner join documents_to_build using (document_id)
),

parts_of_wordings as (
    select document_id, text_squashed, list(distinct form_part) as form_parts
    from meanings
    group by document_id, text_squashed
),

-- Columns of numbers: a label to the right of one belongs to a second panel of the same table.
value_columns as (
    select document_id, table_no, list(col_no) as col_nos
    from (
        select document_id, table_no, col_no
        from cells
        where table_kind = 'grid'
        group by document_id, table_no, col_no
        having count_if(cell_kind = 'value') >= 3
    ) as columns_of_numbers
    group by document_id, table_no
),

row_figures as (
    select document_id, table_no, row_no, count_if(cell_kind = 'value') as figure_count
    from cells
    group by document_id, table_no, row_no
),

cell_meanings as (
    select
        placed_cells.document_id,
        placed_cells.table_no,
        placed_cells.row_no,
        placed_cells.col_no,
        placed_cells.row_span,
        placed_cells.col_span,
        placed_cells.label_seq,
        placed_cells.table_kind,
        placed_cells.text_squashed,
        coalesce(len(list_filter(value_columns.col_nos, lambda col_no: col_no < placed_cells.col_no)), 0) as panel,
        coalesce(row_figures.figure_count, 0) as figure_count,
        meanings.tier,
        meanings.form_part,
        meanings.label_role,
        meanings.label,
        meanings.label_code,
        meanings.needs_group,
        meanings.opens_group,
        meanings.place,
        meanings.forms,
        meanings.role_count,
        meanings.reading_count,
    from placed_cells
    inner join parts_of_wordings
        on placed_cells.document_id = parts_of_wordings.document_id
        and placed_cells.text_squashed = parts_of_wordings.text_squashed
    -- The part before wins over the part to come.
    inner join meanings
        on placed_cells.document_id = meanings.document_id
        and placed_cells.text_squashed = meanings.text_squashed
        and meanings.form_part = case
            when list_contains(parts_of_wordings.form_parts, placed_cells.part_before) then placed_cells.part_before
            when list_contains(parts_of_wordings.form_parts, placed_cells.part_after) then placed_cells.part_after
        end
    left join value_columns
        on placed_cells.document_id = value_columns.document_id and placed_cells.table_no = value_columns.table_no
    left join row_figures
        on placed_cells.document_id = row_figures.document_id
        and placed_cells.table_no = row_figures.table_no
        and placed_cells.row_no = row_figures.row_no
),

-- 其他 and 总计 are columns of the application table only beside other columns; no column label has figures in its row
-- (except in the table of appeals, where 行政复议 may stand before its figures).
cell_roles as (
    select
        *,
        last_value(if(tier <= 7, opens_group, null) ignore nulls) over (
            partition by document_id, form_part
            order by table_no, panel, row_no, col_no
            rows between unbounded preceding and 1 preceding
        ) as group_above,
    from (
        select
            *,
            bool_or(label_role = 'column' and role_count = 1) over (
                partition by document_id, table_no, row_no, form_part
            ) as has_columns,
        from cell_meanings
    ) as rows_with_columns
    where role_count = 1 or (label_role = 'column') = has_columns
),

-- Of several readings of one label that of the group above it.
one_meaning as (
    select *
    from cell_roles
    where reading_count = 1 and (needs_group is null or needs_group is not distinct from group_above)
    union all
    select *
    from cell_roles
    where reading_count > 1 and (needs_group is null or needs_group is not distinct from group_above)
    qualify
        row_number() over (
            partition by document_id, table_no, row_no, col_no
            order by needs_group is null, tier, label_role, label_code
        ) = 1
),

labels_matched as (
    select
        document_id,
        table_no,
        row_no,
        col_no,
        row_span,
        col_span,
        label_seq,
        table_kind,
        panel,
        figure_count,
        form_part,
        label_role,
        text_squashed,
        label,
        label_code,
        opens_group,
        coalesce(opens_group, group_above) as row_group,
        place,
        forms,
        tier,
        regexp_extract(text_squashed, '{{ yuan }}') as stated_unit,
    from one_meaning
)

select * from labels_matched
