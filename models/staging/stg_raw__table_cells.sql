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
        {{ regularise('source.text') }} as text_of_one_form,
        source.confidence,
        coalesce(source.is_computed, false) as is_computed,
    from source
    inner join documents_to_build on source.document_id = documents_to_build.document_id
),

mended as (
    select
        * exclude (text_of_one_form),
        {{ without_doubled_characters('text', 'text_of_one_form') }} as text_regular,
        -- Blanks inside a cell only come from wrapping and padding; labels and figures are compared without them.
        regexp_replace(text_regular, '\s', '', 'g') as text_squashed,
    from regularised
)

select * from mended
