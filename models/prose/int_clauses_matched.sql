{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

figures_matched as (
    select matched.* exclude (figure_no, quantity_no, before_all, applies_to)
    from {{ ref('int_figures_matched') }} as matched
    inner join documents_to_build on matched.document_id = documents_to_build.document_id
),

zeros_matched as (
    select matched.*
    from {{ ref('int_zeros_matched') }} as matched
    inner join documents_to_build on matched.document_id = documents_to_build.document_id
),

categories_matched as (
    select matched.*
    from {{ ref('int_categories_matched') }} as matched
    inner join documents_to_build on matched.document_id = documents_to_build.document_id
),

blocks as (
    select
        blocks.document_id,
        blocks.block_no,
        blocks.page,
        blocks.paragraph_no,
        blocks.place_in_paragraph,
        length(blocks.text) as length,
        blocks.text_with_blanks,
        source.text,
    from {{ ref('int_prose_blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    inner join {{ ref('stg_raw__blocks') }} as source
        on blocks.document_id = source.document_id and blocks.block_no = source.block_no
),

sentences as (
    select
        sentences.document_id,
        sentences.paragraph_no,
        sentences.sentence_no,
        sentences.place,
        length(sentences.text) as length,
    from {{ ref('int_sentences') }} as sentences
    inner join documents_to_build on sentences.document_id = documents_to_build.document_id
),

readings as (
    select * from figures_matched
    union all by name
    select * from zeros_matched
    union all by name
    select * from categories_matched
),

matched as (
    select *, row_number() over () as reading_no from readings
),

-- The evidence is the sentence, as far as it stands in the block in which the figure stands.
located as (
    select
        matched.*,
        blocks.block_no,
        blocks.page,
        blocks.text,
        blocks.text_with_blanks,
        greatest(sentences.place - blocks.place_in_paragraph, 0) as squashed_start,
        least(sentences.place + sentences.length - blocks.place_in_paragraph, blocks.length) as squashed_end,
        greatest(matched.label_place - blocks.place_in_paragraph, 0) as label_start,
        least(matched.label_place + matched.label_length - blocks.place_in_paragraph, blocks.length) as label_end,
    from matched
    inner join blocks
        on matched.document_id = blocks.document_id
        and matched.paragraph_no = blocks.paragraph_no
        and matched.place >= blocks.place_in_paragraph
        and matched.place < blocks.place_in_paragraph + blocks.length
    inner join sentences
        on matched.document_id = sentences.document_id
        and matched.paragraph_no = sentences.paragraph_no
        and matched.sentence_no = sentences.sentence_no
),

-- The farther on in a block, the farther moved: the last run that begins before a place tells how far.
moved as (
    select
        located.reading_no,
        max(moves.moved_by) filter (where moves.place_squashed <= located.squashed_start) as start_moved_by,
        max(moves.moved_by) filter (where moves.place_squashed < located.squashed_end) as end_moved_by,
        max(moves.moved_by) filter (where moves.place_squashed <= located.label_start) as label_start_moved_by,
        max(moves.moved_by) filter (where moves.place_squashed < located.label_end) as label_end_moved_by,
    from located
    inner join {{ ref('int_block_moves') }} as moves
        on located.document_id = moves.document_id and located.block_no = moves.block_no
    group by located.reading_no
),

evidenced as (
    select
        located.*,
        (squashed_start + coalesce(start_moved_by, 0))::integer as char_start,
        (squashed_end + coalesce(end_moved_by, 0))::integer as char_end,
        (label_start + coalesce(label_start_moved_by, 0))::integer as label_char_start,
        (label_end + coalesce(label_end_moved_by, 0))::integer as label_char_end,
    from located
    left join moved on located.reading_no = moved.reading_no
),

-- A category is called as the report calls it, blanks apart.
labelled as (
    select
        *,
        case when label_length is not null then regexp_replace(
            substring(text, label_char_start + 1, label_char_end - label_char_start), '\s', '', 'g'
        ) end as category_label,
    from evidenced
),

clauses_matched as (
    select
        document_id,
        indicator_code,
        'all' as applicant_type,
        category_label,
        value,
        qualifier,
        basis,
        period_part,
        scope_part,
        confidence,
        rule_id,
        block_no,
        null::integer as table_no,
        null::integer as row_no,
        null::integer as col_no,
        page,
        char_start,
        char_end,
        substring(text, char_start + 1, char_end - char_start) as evidence_text,
        paragraph_no,
        place as place_in_paragraph,
        length as length_in_paragraph,
    from labelled
)

select * from clauses_matched
