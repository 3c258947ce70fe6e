{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

parts_torn as (
    select
        numbers.document_id,
        numbers.form_part,
        min(numbers.after_block_no) as first_block_no,
        max(numbers.after_block_no) as last_block_no,
    from {{ ref('int_torn_numbers') }} as numbers
    inner join documents_to_build on numbers.document_id = documents_to_build.document_id
    group by numbers.document_id, numbers.form_part
),

other_parts as (
    select tables.document_id, tables.after_block_no, unnest(string_split(tables.form_parts, ',')) as form_part
    from {{ ref('int_tables_recognised') }} as tables
    inner join documents_to_build on tables.document_id = documents_to_build.document_id
    where tables.form_parts != ''
),

-- From the first table of a part to its last, or to the next of another part.
regions as (
    select
        parts_torn.document_id,
        parts_torn.form_part,
        parts_torn.first_block_no,
        coalesce(min(other_parts.after_block_no), any_value(parts_torn.last_block_no)) as end_block_no,
    from parts_torn
    left join other_parts
        on parts_torn.document_id = other_parts.document_id
        and parts_torn.form_part != other_parts.form_part
        and parts_torn.last_block_no < other_parts.after_block_no
    group by parts_torn.document_id, parts_torn.form_part, parts_torn.first_block_no
),

lines as (
    select regions.document_id, regions.form_part, blocks.block_no, blocks.text_regular
    from regions
    inner join {{ ref('stg_raw__blocks') }} as blocks
        on regions.document_id = blocks.document_id
        and regions.first_block_no < blocks.block_no
        and regions.end_block_no >= blocks.block_no
    where
        blocks.kind = 'paragraph'
        and length(blocks.text_regular) <= 60
        and not regexp_matches(blocks.text_regular, '[，。；]')
),

torn_lines as (
    select
        document_id,
        form_part,
        block_no,
        {{ numbers_at_end('text_regular') }} as figures,
    from lines
)

select * from torn_lines
