{{ config(materialized='by_document') }}

{# The first and last lines of each document without blanks: what says whose report it is, of when. Where a document
   lost its line breaks, so that one block holds nearly all of it, its blanks part the lines. #}
with documents_to_build as (
    {{ documents_to_build() }}
),

blocks as (
    select
        blocks.document_id,
        blocks.block_no,
        blocks.text_regular,
        count(*) over (partition by blocks.document_id) <= 3 and length(blocks.text_regular) > 120 as may_be_many_lines,
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    where blocks.kind in ('heading', 'paragraph') and regexp_matches(blocks.text_regular, '\S')
),

-- A blank beside a figure parts nothing (2017 年), except after the last word of a title or a sentence.
parted as (
    select
        document_id,
        block_no,
        case
            when may_be_many_lines
                then string_split(
                    regexp_replace(
                        regexp_replace(
                            -- …政府信息公开工作年度报告2014年，我局…: the title and the text that follows it at once.
                            regexp_replace(
                                -- …不低于120条。旧州镇人民政府 2011年1月18日: who signs, and when.
                                regexp_replace(
                                    trim(text_regular), '{{ document_sign('signed_at_end') }}', '\1' || chr(10) || '\2'
                                ),
                                '{{ document_sign('title_run_in') }}', '\1' || chr(10) || '\2'
                            ), '({{ title_word('line_end') }}|[。）])\s+', '\1' || chr(10), 'g'
                        ),
                        '([^\d\s])[ \t]+([^\d\s])', '\1' || chr(10) || '\2', 'g'
                    ),
                    chr(10)
                )
            else [text_regular]
        end as pieces,
    from blocks
),

pieces as (
    select document_id, block_no, unnest(pieces) as text_regular, generate_subscripts(pieces, 1) as piece_no
    from parted
),

numbered as (
    select
        document_id,
        block_no,
        text_regular,
        row_number() over (partition by document_id order by block_no, piece_no) as line_no,
        row_number() over (partition by document_id order by block_no desc, piece_no desc) as line_no_from_end,
    from pieces
),

first_and_last as (
    select
        document_id,
        block_no,
        -- 【发布机构】甲县水利局: a label in brackets is one with a colon. 【甲县水利局】2018年…: a name in brackets is one.
        regexp_replace(
            regexp_replace(
                left({{ squash('text_regular') }}, 800), '^[【\[]([^】\]]{4,40})[】\]]((?:19|20)\d\d年)', '\1\2'
            ),
            '^[【\[]({{ words('page_labels', column='label') }})[】\]]：?', '\1：'
        ) as line,
        line_no,
        line_no_from_end,
    from numbered
    where line_no <= 20 or line_no_from_end <= 15
),

marked as (
    select
        *,
        {{ is_about_page('line') }} as is_about_page,
    from first_and_last
)

select * from marked
