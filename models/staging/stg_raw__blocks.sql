{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

source as (
    select * from {{ source('raw', 'blocks') }}
),

regularised as (
    select
        source.document_id,
        source.block_no,
        source.kind,
        source.heading_level,
        source.page,
        source.text,
        translate({{ regularise('source.text') }}, chr(10) || chr(12), '  ') as text_of_one_form,
        source.confidence,
    from source
    inner join documents_to_build on source.document_id = documents_to_build.document_id
),

mended as (
    select
        * exclude (text_of_one_form),
        {{ without_doubled_characters('text', 'text_of_one_form') }} as text_regular,
    from regularised
)

select * from mended
