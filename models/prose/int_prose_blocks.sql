{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

blocks as (
    select
        blocks.document_id,
        blocks.block_no,
        blocks.kind,
        blocks.heading_level,
        blocks.page,
        blocks.text_regular,
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    where blocks.kind in ('heading', 'paragraph')
),

-- Copies in traditional characters carry pinyin glosses inside words, 主动（dong）公开: blanked, place by place.
glosses_blanked as (
    select
        * replace (
            case
                when regexp_matches(text_regular, '（[a-zà-ǿ]{1,7}）') then array_to_string(list_transform(
                    regexp_extract_all(text_regular, '（[a-zà-ǿ]{1,7}）|[^（]+|（'),
                    lambda piece: case
                        when regexp_full_match(piece, '（[a-zà-ǿ]{1,7}）') then repeat(' ', length(piece)) else piece
                    end
                ), '')
                else text_regular
            end as text_regular
        ),
    from blocks
),

-- A heading that a blank parts from its text, 5、收费情况 本年度未收费: the blank is a full stop.
run_in_headings_parted as (
    select
        * replace (
            regexp_replace(
                regexp_replace(
                    -- 一 公开内容: the blank is the mark's stop.
                    regexp_replace(text_regular, '{{ prose_pattern("heading_without_stop") }}', '\1、\2'),
                    '{{ prose_pattern("heading_run_in") }}', '\1。\2'
                ),
                -- Where lines were lost: …同意公开3件。 四、收费 全年未收费。
                '{{ prose_pattern("heading_run_in_inside") }}', '\1。\2', 'g'
            ) as text_regular
        ),
    from glosses_blanked
),

-- Blanks inside sentences mean nothing. Where any are taken out, the text with them leads back to the block as found.
squashed as (
    select
        document_id,
        block_no,
        kind,
        heading_level,
        page,
        regexp_replace(text_regular, '\s', '', 'g') as text,
        case when length(text) != length(text_regular) then text_regular end as text_with_blanks,
    from run_in_headings_parted
),

with_heading_text as (
    select
        *,
        case
            when regexp_matches(text, '^(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,2}(?:部分|章))') then 1
            when regexp_matches(text, '^（[一二三四五六七八九十]{1,3}）') then 2
            when kind = 'heading' and regexp_matches(text, '^[0-9]{1,2}[^0-9.．、年月日条件次）)]') then 1
            when kind = 'heading' and regexp_matches(text, '^[0-9]{1,2}[.．][0-9]{1,2}[^0-9.．年月]') then 2
            when regexp_matches(text, '^[0-9]{1,2}[.、][^0-9]') then 3
            when regexp_matches(text, '^(?:（[0-9]{1,2}）|[0-9]{1,2}）)') then 4
        end as marker_level,
        case
            when kind = 'heading' and length(text) <= 60 then text
            when marker_level is not null and length(text) <= 45 and not regexp_matches(text, '[。；！]|：.') and (
                marker_level = 1
                or regexp_matches(text, '{{ prose_pattern("heading_end") }}')
            ) and not regexp_matches(text, '[0-9]+{{ measure_words() }}') then text
            when length(text) <= 30 and not regexp_matches(text, '[。；，！0-9]')
                and regexp_matches(text, '(?:情况|概述|方面)[:：]?$') then text
            when marker_level is not null
                then nullif(regexp_extract(text, '^({{ list_marker() }}[^。：；0-9]{2,30})[。：]', 1), '')
        end as heading_text,
        heading_text is not null and length(heading_text) >= length(text) - 1
            -- （四）全年无复议、无诉讼。 says something.
            and not regexp_matches(text, '{{ prose_pattern("sentence_of_denial") }}') as is_heading,
        case
            when heading_text is null then null
            when marker_level is not null then marker_level
            when regexp_matches(text, '年度?报告|年报|统计表') or length(text) > 45 then 0
            else 2
        end as heading_rank,
    from squashed
    where text != ''
),

-- A line that ends without a stop goes on in the next, unless one of them is a heading or begins an item.
with_paragraph_starts as (
    select
        *,
        coalesce(
            lag(is_heading) over by_place
            or is_heading
            or marker_level is not null
            or length(lag(text) over by_place) < 15
            or regexp_matches(right(lag(text) over by_place, 1), '[。！？；：:;.”」|]')
            or regexp_matches(text, '{{ prose_pattern("paragraph_start") }}')
            or contains(text, '|'),
            true
        ) as starts_paragraph,
    from with_heading_text
    window by_place as (partition by document_id order by block_no)
),

numbered as (
    select
        *,
        sum(starts_paragraph::integer) over by_place as paragraph_no,
        count(*) filter (where heading_rank <= 1) over by_place as section_no,
        count(*) filter (where heading_rank <= 2) over by_place as subsection_no,
        count(*) filter (where heading_rank <= 3) over by_place as item_no,
    from with_paragraph_starts
    window by_place as (partition by document_id order by block_no)
),

-- The headings above each block, from the section down.
with_headings as (
    select
        * exclude (marker_level, starts_paragraph, section_no, subsection_no, item_no),
        coalesce(
            last_value(case when heading_rank = 1 then heading_text end ignore nulls) over by_place, ''
        ) as section,
        concat_ws(
            '＞',
            last_value(case when heading_rank = 2 then heading_text end ignore nulls) over in_section,
            last_value(case when heading_rank = 3 then heading_text end ignore nulls) over in_subsection,
            last_value(case when heading_rank = 4 then heading_text end ignore nulls) over in_item
        ) as subheadings,
        (sum(length(text)) over in_paragraph - length(text))::integer as place_in_paragraph,
    from numbered
    window
        by_place as (partition by document_id order by block_no),
        in_section as (partition by document_id, section_no order by block_no),
        in_subsection as (partition by document_id, subsection_no order by block_no),
        in_item as (partition by document_id, item_no order by block_no),
        in_paragraph as (partition by document_id, paragraph_no order by block_no)
)

select * from with_headings
