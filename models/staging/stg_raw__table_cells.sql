{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

source as (
    select * from {{ source('raw', 'table_cells') }}
),

regularised as (
    select
        source.document_id,
        source.table_no,
        source.row_no,
        source.col_no,
        source.row_span,
        source.col_span,
        source.page,
        source.after_block_no,
        source.table_kind,
        source.text,
        {{ regularise('source.text') }} as text_regular,
        -- Blanks inside a cell only come from wrapping and padding; labels and figures are compared without them.
        regexp_replace({{ regularise('source.text') }}, '\s', '', 'g') as text_squashed,
        source.confidence,
    from source
    inner join documents_to_build on source.document_id = documents_to_build.document_id
)

select * from regularised
