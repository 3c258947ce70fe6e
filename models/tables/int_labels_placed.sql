{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

label_cells as (
    select label_cells.*
    from {{ ref('int_label_wordings') }} as label_cells
    inner join documents_to_build on label_cells.document_id = documents_to_build.document_id
),

known as (
    select known.*
    from {{ ref('int_wordings_known') }} as known
    inner join documents_to_build on known.document_id = documents_to_build.document_id
),

anchors as (
    select document_id, text_squashed, any_value(form_part) as form_part
    from known
    -- a single word within a label says too little
    where tier != 6
    group by document_id, text_squashed
    having count(distinct form_part) = 1
),

-- The part of the form that a cell stands in: what the last label said that belongs to one part alone, or the next.
labels_placed as (
    select
        label_cells.*,
        last_value(anchors.form_part ignore nulls) over reading_before as part_before,
        first_value(anchors.form_part ignore nulls) over reading_after as part_after,
    from label_cells
    left join anchors
        on label_cells.document_id = anchors.document_id and label_cells.text_squashed = anchors.text_squashed
    window
        reading_before as (
            partition by label_cells.document_id, label_cells.table_no
            order by label_cells.row_no, label_cells.col_no
            rows between unbounded preceding and current row
        ),
        reading_after as (
            partition by label_cells.document_id, label_cells.table_no
            order by label_cells.row_no, label_cells.col_no
            rows between current row and unbounded following
        )
)

select * from labels_placed
