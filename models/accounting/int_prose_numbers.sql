{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select documents_to_build.document_id
    from documents_to_build
    inner join {{ ref('int_reports_identified') }} as identified
        on documents_to_build.document_id = identified.document_id
),

blocks as (
    select
        blocks.document_id,
        blocks.block_no,
        blocks.page,
        blocks.paragraph_no,
        blocks.place_in_paragraph,
        blocks.is_heading,
        blocks.text,
        length(blocks.text) as length,
    from {{ ref('int_prose_blocks') }} as blocks
    inner join reports on blocks.document_id = reports.document_id
    where regexp_matches(blocks.text, '[0-9{{ chinese_digits() }}{{ chinese_scales() }}]')
),

-- What the sentences were cut into. A number that a line break parts stands in two blocks.
numbers_of_sentences as (
    select
        numbers.document_id,
        blocks.block_no,
        numbers.paragraph_no,
        numbers.sentence_no,
        sentences.place + numbers.place as place_in_paragraph,
        greatest(sentences.place + numbers.place - blocks.place_in_paragraph, 0)::integer as squashed_start,
        least(
            sentences.place + numbers.place + numbers.piece_length - blocks.place_in_paragraph, blocks.length
        )::integer as squashed_end,
        nullif(numbers.measure, '') as measure,
        numbers.no_figure_because,
    from {{ ref('int_numbers') }} as numbers
    inner join reports on numbers.document_id = reports.document_id
    inner join {{ ref('int_sentences') }} as sentences
        on numbers.document_id = sentences.document_id
        and numbers.paragraph_no = sentences.paragraph_no
        and numbers.sentence_no = sentences.sentence_no
    inner join blocks
        on numbers.document_id = blocks.document_id
        and numbers.paragraph_no = blocks.paragraph_no
        and sentences.place + numbers.place < blocks.place_in_paragraph + blocks.length
        and sentences.place + numbers.place + numbers.piece_length > blocks.place_in_paragraph
),

-- All runs of digits, and the numerals of years and list marks: those that no sentence has stand in headings, titles,
-- quotation marks, or in text that is too long without a stop to be prose.
cut as (
    select
        document_id,
        block_no,
        unnest(pieces) as piece,
        generate_subscripts(pieces, 1) as piece_no,
    from (
        select
            document_id,
            block_no,
            regexp_extract_all(
                text,
                '^{{ list_marker() }}|[0-9〇○零一二三四五六七八九]{4}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?|[0-9]+(?:[.٬][0-9]+)*'
                '|[^0-9〇○零一二三四五六七八九]+|.'
            ) as pieces,
        from blocks
    ) as blocks_cut
),

runs as (
    select
        document_id,
        block_no,
        (sum(length(piece)) over in_block - length(piece))::integer as squashed_start,
        length(piece) as length,
        piece,
        piece_no,
    from cut
    window in_block as (partition by document_id, block_no order by piece_no)
),

runs_left as (
    select
        runs.*,
        runs.squashed_start + runs.length as squashed_end,
    from runs
    asof left join numbers_of_sentences as numbers
        on runs.document_id = numbers.document_id
        and runs.block_no = numbers.block_no
        and runs.squashed_start >= numbers.squashed_start
    where regexp_matches(runs.piece, '[0-9]|年|^{{ list_marker() }}$')
        and (numbers.squashed_end is null or numbers.squashed_end <= runs.squashed_start)
),

other_numbers as (
    select
        runs_left.document_id,
        runs_left.block_no,
        blocks.paragraph_no,
        null::integer as sentence_no,
        blocks.place_in_paragraph + runs_left.squashed_start as place_in_paragraph,
        runs_left.squashed_start,
        runs_left.squashed_end,
        null::varchar as measure,
        -- No more of a long block than a title is long: it is looked at for each number.
        substring(
            blocks.text, greatest(runs_left.squashed_start - 79, 1), least(runs_left.squashed_start, 80)
        ) as text_before,
        case
            when runs_left.piece_no = 1 and regexp_full_match(runs_left.piece, '{{ list_marker() }}')
                then 'heading or list number'
            when contains(runs_left.piece, '年') or regexp_full_match(runs_left.piece, '(?:19|20)[0-9]{2}') then 'date'
            when regexp_matches(text_before, '《[^》]{0,80}$') then 'law or document number'
            when regexp_matches(text_before, '“[^”]{0,60}$|「[^」]{0,60}$')
                then 'about something else'
            when blocks.is_heading then 'heading or list number'
        end as no_figure_because,
    from runs_left
    inner join blocks
        on runs_left.document_id = blocks.document_id and runs_left.block_no = blocks.block_no
),

numbers as (
    select * from numbers_of_sentences
    union all by name
    select * exclude (text_before) from other_numbers
),

-- The farther on in a block, the farther moved by the blanks that were taken out.
start_moved as (
    select numbers.*, coalesce(moves.moved_by, 0) as start_moved_by
    from numbers
    asof left join {{ ref('int_block_moves') }} as moves
        on numbers.document_id = moves.document_id
        and numbers.block_no = moves.block_no
        and numbers.squashed_start >= moves.place_squashed
),

end_moved as (
    select start_moved.*, coalesce(moves.moved_by, 0) as end_moved_by
    from start_moved
    asof left join {{ ref('int_block_moves') }} as moves
        on start_moved.document_id = moves.document_id
        and start_moved.block_no = moves.block_no
        and start_moved.squashed_end > moves.place_squashed
),

prose_numbers as (
    select
        numbers.document_id,
        numbers.block_no,
        blocks.page,
        numbers.paragraph_no,
        numbers.sentence_no,
        numbers.place_in_paragraph,
        numbers.squashed_start + numbers.start_moved_by as char_start,
        numbers.squashed_end + numbers.end_moved_by as char_end,
        substring(source.text, char_start + 1, char_end - char_start) as words,
        numbers.measure,
        numbers.no_figure_because,
        substring(blocks.text, numbers.squashed_start + 1, numbers.squashed_end - numbers.squashed_start) as piece,
        regexp_extract(
            substring(blocks.text, greatest(numbers.squashed_start - 39, 1), least(numbers.squashed_start, 40)),
            '[^，。；！？]*$'
        )
        || piece
        || regexp_extract(substring(blocks.text, numbers.squashed_end + 1, 40), '^[^，。；！？]*') as clause,
    from end_moved as numbers
    inner join blocks on numbers.document_id = blocks.document_id and numbers.block_no = blocks.block_no
    inner join {{ ref('stg_raw__blocks') }} as source
        on numbers.document_id = source.document_id and numbers.block_no = source.block_no
    -- Of a number that a line break parts, what stands in a block may be no more than a measure word.
    where regexp_matches(piece, '[0-9{{ chinese_digits() }}{{ chinese_scales() }}]')
)

select * from prose_numbers
