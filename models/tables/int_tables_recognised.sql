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
    select labels.*
    from {{ ref('int_labels_matched') }} as labels
    inner join documents_to_build on labels.document_id = documents_to_build.document_id
),

table_sizes as (
    select
        document_id,
        table_no,
        any_value(table_kind) as table_kind,
        any_value(after_block_no) as after_block_no,
        count(distinct row_no) as row_count,
        count_if(cell_kind = 'value') as figure_count,
    from cells
    group by document_id, table_no
),

label_counts as (
    select
        document_id,
        table_no,
        count(distinct label) filter (where form_part = 'matters') as matters_labels,
        count(distinct label) filter (where form_part = 'matters' and label_role = 'row') as matters_rows,
        count(distinct label) filter (where form_part = 'application') as application_labels,
        count(distinct label) filter (where form_part = 'appeals') as appeals_labels,
        count(distinct label) filter (where form_part = 'statistics' and label_role = 'row') as statistics_labels,
        bool_or(form_part = 'categories' and label_code = 'category') as has_categories,
    from labels
    group by document_id, table_no
),

tables_recognised as (
    select
        table_sizes.*,
        concat_ws(
            ',',
            -- A table of other statistics has columns such as 增减 too.
            if(
                matters_labels >= {{ labels_needed('matters') }}
                and (matters_rows >= 1 or statistics_labels < {{ labels_needed('statistics') }}),
                'matters', null
            ),
            if(application_labels >= {{ labels_needed('application') }}, 'application', null),
            if(appeals_labels >= {{ labels_needed('appeals') }}, 'appeals', null),
            if(statistics_labels >= {{ labels_needed('statistics') }}, 'statistics', null),
            if(has_categories, 'categories', null)
        ) as form_parts,
    from table_sizes
    left join label_counts
        on table_sizes.document_id = label_counts.document_id and table_sizes.table_no = label_counts.table_no
)

select * from tables_recognised
