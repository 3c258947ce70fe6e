{{ config(materialized='by_document') }}

{# What the small tables around a report say of it, label by label: 发布机构, 生成日期, 填报单位. Value in the next cell, or
   in the same one after a colon. #}
{%- set labels = words('page_labels', 'in_cell', 'label') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

cells as (
    select
        cells.document_id,
        cells.table_no,
        cells.row_no,
        cells.col_no,
        cells.col_span,
        cells.text_squashed,
        regexp_extract(cells.text_squashed, '^\[?({{ labels }})(?:（[^）]{1,6}）)?[：\]]*(.{0,40})$', 1) as label,
        regexp_extract(cells.text_squashed, '^\[?({{ labels }})(?:（[^）]{1,6}）)?[：\]]*(.{0,40})$', 2) as own_value,
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    where length(cells.text_squashed) between 2 and 60
),

labeled as (
    select
        label_cells.document_id,
        label_cells.label,
        coalesce(nullif(label_cells.own_value, ''), value_cells.text_squashed) as value,
    from cells as label_cells
    left join cells as value_cells
        on label_cells.document_id = value_cells.document_id
        and label_cells.table_no = value_cells.table_no
        and label_cells.row_no = value_cells.row_no
        and label_cells.col_no + label_cells.col_span = value_cells.col_no
    where label_cells.label != ''
)

select distinct * from labeled
where value is not null and value != ''
