{{ config(materialized='by_document') }}

{#- A block may be a whole file without a line break: what stands around a number is looked up in pieces of this length. -#}
{%- set piece_length = 400 -%}
{%- set measure_of_chinese = words('measure_words', 'not coalesce(only_after_digits, false)') %}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select documents_to_build.document_id
    from documents_to_build
    inner join {{ ref('int_reports_identified') }} as identified
        on documents_to_build.document_id = identified.document_id
),

prose_blocks as (
    select blocks.*
    from {{ ref('int_prose_blocks') }} as blocks
    inner join reports on blocks.document_id = reports.document_id
),

-- What stands outside the prose, at the head and foot of pages, holds numbers too: as it was found, like headings.
blocks as (
    select
        source.document_id,
        source.block_no,
        source.page,
        prose_blocks.paragraph_no,
        coalesce(prose_blocks.place_in_paragraph, 0) as place_in_paragraph,
        coalesce(prose_blocks.is_heading, true) as is_heading,
        coalesce(prose_blocks.text, source.text_regular) as text,
        source.text as text_found,
    from {{ ref('stg_raw__blocks') }} as source
    inner join reports on source.document_id = reports.document_id
    left join prose_blocks
        on source.document_id = prose_blocks.document_id and source.block_no = prose_blocks.block_no
    where regexp_matches(
        coalesce(prose_blocks.text, source.text_regular), '[0-9{{ chinese_digits() }}{{ chinese_scales() }}]'
    )
),

-- What the sentences were cut into. A number that a line break parts stands in two blocks.
numbers_of_sentences as (
    select
        numbers.document_id,
        blocks.block_no,
        numbers.sentence_no,
        sentences.place + numbers.place as place_in_paragraph,
        greatest(sentences.place + numbers.place - blocks.place_in_paragraph, 0)::integer as squashed_start,
        least(
            sentences.place + numbers.place + numbers.piece_length - blocks.place_in_paragraph, length(blocks.text)
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
        and sentences.place + numbers.place < blocks.place_in_paragraph + length(blocks.text)
        and sentences.place + numbers.place + numbers.piece_length > blocks.place_in_paragraph
),

-- All runs of digits, years, and Chinese numerals with a measure word: those that no sentence has stand in headings,
-- titles, quotation marks, or in text that is too long without a stop to be prose.
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
                '^{{ list_marker() }}|[0-9〇○零一二三四五六七八九]{4}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?'
                '|[0-9]{1,40}(?:[.٬][0-9]{1,9}){0,9}|第?{{ chinese_number_pattern() }}{{ measure_of_chinese }}'
                '|[^0-9第{{ chinese_digits() }}{{ chinese_scales() }}]+|.'
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
    where regexp_matches(runs.piece, '[0-9]|[{{ chinese_digits() }}{{ chinese_scales() }}].|^{{ list_marker() }}$')
        and (numbers.squashed_end is null or numbers.squashed_end <= runs.squashed_start)
),

-- The text around each piece of a block, without blanks and as it was found: the piece, the one before and the one after.
pieces as (
    select
        document_id,
        block_no,
        form,
        unnest(cut_up) as piece,
        generate_subscripts(cut_up, 1) - 1 as piece_no,
    from (
        select
            document_id,
            block_no,
            form,
            if(
                length(text) <= {{ piece_length }}, [text], regexp_extract_all(text, '(?s).{1,{{ piece_length }}}')
            ) as cut_up,
        from (
            select document_id, block_no, 'squashed' as form, text from blocks
            union all
            select document_id, block_no, 'found' as form, text_found as text from blocks
        ) as texts
    ) as texts_cut
),

windows as (
    select
        document_id,
        block_no,
        form,
        piece_no,
        concat(lag(piece) over in_text, piece, lead(piece) over in_text) as text,
        greatest(piece_no - 1, 0) * {{ piece_length }} as place,
    from pieces
    window in_text as (partition by document_id, block_no, form order by piece_no)
),

other_numbers as (
    select
        document_id,
        block_no,
        null::integer as sentence_no,
        squashed_start,
        squashed_end,
        piece_no,
        piece,
    from runs_left
),

numbers as (
    select * from numbers_of_sentences
    union all by name
    select * from other_numbers
),

in_squashed_text as (
    select
        numbers.* exclude (place_in_paragraph, no_figure_because, piece_no, piece),
        blocks.page,
        blocks.paragraph_no,
        -- Of a number that a line break parts, both ends are where it begins.
        coalesce(numbers.place_in_paragraph, blocks.place_in_paragraph + numbers.squashed_start) as place_in_paragraph,
        numbers.squashed_start - windows.place as start_in_window,
        numbers.squashed_end - windows.place as end_in_window,
        substring(windows.text, greatest(start_in_window - 79, 1), least(start_in_window, 80)) as text_before,
        substring(windows.text, start_in_window + 1, end_in_window - start_in_window) as text_of_number,
        substring(windows.text, end_in_window + 1, 40) as text_after,
        case
            when numbers.sentence_no is not null then numbers.no_figure_because
            when numbers.piece_no = 1 and regexp_full_match(numbers.piece, '{{ list_marker() }}')
                then 'heading or list number'
            when contains(numbers.piece, '年') or regexp_full_match(numbers.piece, '(?:19|20)[0-9]{2}') then 'date'
            when starts_with(numbers.piece, '第') or regexp_matches(text_before, '《[^》]{0,80}$') then 'law or document number'
            when regexp_matches(text_before, '“[^”]{0,60}$|「[^」]{0,60}$') then 'about something else'
            when blocks.is_heading then 'heading or list number'
        end as no_figure_because,
    from numbers
    inner join blocks on numbers.document_id = blocks.document_id and numbers.block_no = blocks.block_no
    inner join windows
        on numbers.document_id = windows.document_id
        and numbers.block_no = windows.block_no
        and windows.form = 'squashed'
        and numbers.squashed_start // {{ piece_length }} = windows.piece_no
    -- Of a number that a line break parts, what stands in a block may be no more than a measure word.
    where regexp_matches(text_of_number, '[0-9{{ chinese_digits() }}{{ chinese_scales() }}]')
),

-- The farther on in a block, the farther moved by the blanks that were taken out.
start_moved as (
    select numbers.*, numbers.squashed_start + coalesce(moves.moved_by, 0) as char_start
    from in_squashed_text as numbers
    asof left join {{ ref('int_block_moves') }} as moves
        on numbers.document_id = moves.document_id
        and numbers.block_no = moves.block_no
        and numbers.squashed_start >= moves.place_squashed
),

end_moved as (
    select start_moved.*, start_moved.squashed_end + coalesce(moves.moved_by, 0) as char_end
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
        numbers.page,
        numbers.paragraph_no,
        numbers.sentence_no,
        numbers.place_in_paragraph,
        numbers.char_start,
        numbers.char_end,
        if(
            numbers.char_end - numbers.char_start <= {{ piece_length }},
            substring(windows.text, numbers.char_start - windows.place + 1, numbers.char_end - numbers.char_start),
            numbers.text_of_number
        ) as words,
        numbers.measure,
        numbers.no_figure_because,
        regexp_extract(right(numbers.text_before, 40), '[^，。；！？]*$')
        || numbers.text_of_number
        || regexp_extract(numbers.text_after, '^[^，。；！？]*') as clause,
    from end_moved as numbers
    inner join windows
        on numbers.document_id = windows.document_id
        and numbers.block_no = windows.block_no
        and windows.form = 'found'
        and numbers.char_start // {{ piece_length }} = windows.piece_no
)

select * from prose_numbers
