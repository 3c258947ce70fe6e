{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

cells as (
    select cells.*
    from {{ ref('int_cells_read') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

labels as (
    select
        labels.*,
        count_if(labels.label_role = 'row' and labels.form_part = 'statistics') over (
            partition by labels.document_id, labels.table_no
        ) as statistics_labels,
    from {{ ref('int_labels_matched') }} as labels
    inner join documents_to_build on labels.document_id = documents_to_build.document_id
),

headers as (
    select headers.*
    from {{ ref('int_table_headers') }} as headers
    inner join documents_to_build on headers.document_id = documents_to_build.document_id
),

form_labels as (
    select * from {{ ref('int_form_labels') }}
),

-- The cells from one label of a row to the next, where they hold a figure.
runs as (
    select
        document_id,
        table_no,
        row_no,
        label_seq,
        any_value(table_kind) as table_kind,
        count(*) filter (where cell_kind != 'unit') as cell_count,
        count_if(cell_kind = 'value') as figure_count,
        count_if(cell_kind = 'blank') as blank_count,
        min(col_no) filter (where cell_kind = 'value') as first_figure_col_no,
        max(col_no + col_span - 1) as last_col_no,
        any_value(bare_unit) as row_unit,
        count_if(cell_kind = 'unclear') as unclear_count,
        -- Sorted by the first field, which takes half the time of a list that is ordered as it is made.
        list_sort(list(
            {
                'col_no': col_no,
                'figure': figure,
                'is_figure': cell_kind = 'value',
                'text': text,
                'qualifier': qualifier,
                'own_factor': own_factor,
                'own_kind': own_kind,
                'page': page
            }
        ) filter (where cell_kind != 'unit')) as row_cells,
        list_transform(
            list_sort(list({'col_no': col_no, 'figure': figure_if_one}) filter (where cell_kind != 'unit')),
            lambda cell: cell['figure']
        ) as figures_if_one,
    from cells
    where cell_kind in ('value', 'blank', 'unclear', 'unit')
    group by document_id, table_no, row_no, label_seq
    having count_if(cell_kind = 'value') > 0
),

header_places as (
    select
        document_id,
        header_no,
        any_value(form_part) as form_part,
        any_value(table_no) as table_no,
        any_value(first_row_no) as first_row_no,
        -- the columns are rows of statistics that lie on their side
        bool_or(form_part = 'statistics' and contains(column_code, '.')) as is_lying,
    from headers
    group by document_id, header_no
),

-- 结果维持 0 in a row: a result may stand before its figure, not above it.
-- A single word like 政府网站 makes no table of statistics; a label in the words of a form does.
row_labels as (
    select *
    from labels
    where
        (label_role = 'row' or (form_part = 'appeals' and figure_count > 0))
        and (form_part != 'statistics' or forms is not null or statistics_labels >= 2)
),

-- Rows with figures in the light of the header above them, in their own table or before.
runs_under_headers as (
    select
        runs.*,
        nearest.form_part as part_above,
        nearest.table_no = runs.table_no as is_header_own,
        nearest.is_lying and count(*) over (partition by runs.document_id, runs.table_no) = 1 as is_only_lying_row,
    from runs
    asof left join header_places as nearest
        on runs.document_id = nearest.document_id
        and runs.table_no * 1000000 + runs.row_no >= nearest.table_no * 1000000 + nearest.first_row_no
),

-- A row of the forms of 2019 and 2021 whose label is lost or cannot be read is known by the rows around it.
nameless_runs as (
    select runs_under_headers.*
    from runs_under_headers
    left join row_labels
        on runs_under_headers.document_id = row_labels.document_id
        and runs_under_headers.table_no = row_labels.table_no
        and runs_under_headers.row_no = row_labels.row_no
    where row_labels.document_id is null and runs_under_headers.part_above in ('application', 'matters')
),

rows_in_order as (
    select document_id, table_no, row_no, form_part, max(place) as place
    from row_labels
    where form_part in ('application', 'matters') and place is not null
    group by all
    union all
    select distinct document_id, table_no, first_row_no as row_no, form_part, 0 as place
    from header_places
    where form_part in ('application', 'matters')
    union all
    select document_id, table_no, row_no, part_above as form_part, null as place
    from nameless_runs
),

neighbours as (
    select
        *,
        last_value(place ignore nulls) over rows_of_part as place_before,
        first_value(place ignore nulls) over rest_of_part as place_after,
        count(*) over (partition by document_id, table_no, form_part, named_so_far) as rows_here,
    from (
        select *, count(place) over rows_of_part as named_so_far
        from rows_in_order
        window rows_of_part as (partition by document_id, table_no, form_part order by row_no)
    ) as counted
    window
        rows_of_part as (partition by document_id, table_no, form_part order by row_no),
        -- Figures in the first row of a header are above its rows, whichever of the two comes first.
        rest_of_part as (
            partition by document_id, table_no, form_part order by row_no, place nulls first
            rows between current row and unbounded following
        )
),

labels_by_place as (
    select form_part, place, any_value(label_code) as label_code, any_value(opens_group) as opens_group
    from form_labels
    where label_role = 'row' and place is not null
    group by form_part, place
    having count(distinct label_code) = 1
),

labels_from_neighbours as (
    select
        neighbours.document_id,
        neighbours.table_no,
        neighbours.row_no,
        neighbours.form_part,
        labels_by_place.label_code,
        labels_by_place.opens_group as row_group,
    from neighbours
    inner join labels_by_place
        on neighbours.form_part = labels_by_place.form_part
        and neighbours.place_before + 1 = labels_by_place.place
    -- one named row and this one stand between two places that are two apart
    where neighbours.place is null
    and neighbours.rows_here = 2
    and neighbours.place_after = neighbours.place_before + 2
),

-- As many figures as a part in blocks has, each block with its sum, are that part, also where its heads are beyond
-- knowing (the appeals: fifteen figures in three blocks).
documents_with_applications as (
    select distinct document_id from labels where form_part = 'application' and tier <= 3
),

rows_in_blocks as (
    select distinct document_id, table_no, row_no, form_part
    from (
        select
            runs.document_id,
            runs.table_no,
            runs.row_no,
            shapes.form_part,
            list_transform(runs.row_cells, lambda cell: coalesce(cell['figure'], 0)) as figures,
            {{ blocks_add_up('figures', 'shapes') }} as adds_up,
        from runs
        inner join documents_with_applications on runs.document_id = documents_with_applications.document_id
        inner join {{ ref('int_form_shapes') }} as shapes
            on runs.figure_count = shapes.width and runs.cell_count = shapes.width
        where runs.label_seq = 0 and shapes.block_count > 1
    ) as rows_as_long
    where list_sum(figures) > 0 and adds_up
),

runs_named as (
    select
        runs.*,
        case
            when rows_in_blocks.document_id is not null then rows_in_blocks.form_part
            when runs.part_above = 'categories' and runs.is_header_own then 'categories'
            when row_labels.form_part is not null then row_labels.form_part
            when from_neighbours.form_part is not null then from_neighbours.form_part
            when runs.part_above = 'appeals' and runs.is_header_own then 'appeals'
            when runs.is_only_lying_row and runs.is_header_own then 'statistics'
        end as form_part,
        coalesce(row_labels.label_code, from_neighbours.label_code) as row_code,
        coalesce(row_labels.row_group, from_neighbours.row_group) as row_group,
        case
            when row_labels.tier is not null then row_labels.tier
            when from_neighbours.label_code is not null then 9
            when runs.is_only_lying_row then 4
            else 1
        end as row_tier,
        row_labels.label as row_label,
        row_labels.stated_unit as row_stated_unit,
    from runs_under_headers as runs
    left join row_labels
        on runs.document_id = row_labels.document_id
        and runs.table_no = row_labels.table_no
        and runs.row_no = row_labels.row_no
        and runs.label_seq = row_labels.label_seq
    left join rows_in_blocks
        on runs.document_id = rows_in_blocks.document_id
        and runs.table_no = rows_in_blocks.table_no
        and runs.row_no = rows_in_blocks.row_no
    left join labels_from_neighbours as from_neighbours
        on runs.document_id = from_neighbours.document_id
        and runs.table_no = from_neighbours.table_no
        and runs.row_no = from_neighbours.row_no
        and row_labels.document_id is null
),

table_rows as (
    select
        runs_named.* exclude (part_above, is_header_own, is_only_lying_row),
        in_force.header_no,
        in_force.table_no = runs_named.table_no as is_header_own,
    from runs_named
    asof left join header_places as in_force
        on runs_named.document_id = in_force.document_id
        and runs_named.form_part = in_force.form_part
        and runs_named.table_no * 1000000 + runs_named.row_no >= in_force.table_no * 1000000 + in_force.first_row_no
    where runs_named.form_part is not null
)

select * from table_rows
