{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

cells as (
    select cells.*
    from {{ ref('int_cells_read') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

form_labels as (
    select label_key from {{ ref('int_form_labels') }}
),

single_label_cells as (
    select
        * replace (coalesce(own_label, text_squashed) as text_squashed),
        if(lead(col_no) over cells_of_row = col_no + 1, lead(text_squashed) over cells_of_row, null) as next_text,
    from cells
    where cell_kind = 'label' or own_label is not null
    window cells_of_row as (partition by document_id, table_no, row_no order by col_no)
),

-- Where a table lost its columns, a label may have been broken into two cells: 商业 and 企业.
broken_labels as (
    select text_squashed, next_text
    from (
        select distinct text_squashed, next_text
        from single_label_cells
        where table_kind = 'flat' and length(text_squashed || next_text) between 3 and 14
    ) as neighbours
    where
        {{ label_key_full('text_squashed || next_text') }} in (select label_key from form_labels)
        and (
            {{ label_key_full('text_squashed') }} not in (select label_key from form_labels)
            or {{ label_key_full('next_text') }} not in (select label_key from form_labels)
        )
),

label_wordings as (
    select
        document_id,
        table_no,
        row_no,
        col_no,
        row_span,
        col_span,
        label_seq,
        table_kind,
        if(is_broken, text_squashed || next_text, text_squashed) as text_squashed,
    from (
        select
            single_label_cells.*,
            broken_labels.text_squashed is not null as is_broken,
            coalesce(lag(broken_labels.text_squashed is not null) over (
                partition by single_label_cells.document_id, single_label_cells.table_no, single_label_cells.row_no
                order by single_label_cells.col_no
            ), false) as is_rest,
        from single_label_cells
        left join broken_labels
            on single_label_cells.table_kind = 'flat'
            and single_label_cells.text_squashed = broken_labels.text_squashed
            and single_label_cells.next_text = broken_labels.next_text
    ) as labels_with_neighbours
    where not is_rest
)

select * from label_wordings
