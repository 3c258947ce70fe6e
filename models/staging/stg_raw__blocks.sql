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
        translate({{ regularise('source.text') }}, chr(10) || chr(12), '  ') as text_regular,
        source.confidence,
    from source
    inner join documents_to_build on source.document_id = documents_to_build.document_id
)

select * from regularised
