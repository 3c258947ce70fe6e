{{ config(materialized='by_document') }}

{%- set share_between = prose_pattern('share_between') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

sentences as (
    select sentences.*
    from {{ ref('int_sentences') }} as sentences
    inner join documents_to_build on sentences.document_id = documents_to_build.document_id
),

figures as (
    select numbers.* exclude (no_figure_because)
    from {{ ref('int_numbers') }} as numbers
    inner join documents_to_build on numbers.document_id = documents_to_build.document_id
    where numbers.no_figure_because is null
),

-- Chinese numerals with their digits made Arabic, cut at 亿 and 万.
numerals_read as (
    select
        *,
        translate(
            numerals, '零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖拾佰仟', '000122345678' || '9123456789十百千'
        ) as digits,
        case scale
            when '亿' then 100000000 when '万' then 10000 when '千' then 1000 when '百' then 100 else 1
        end as factor,
        regexp_extract(digits, '^(?:(.*)亿)?(?:(.*)万)?(.*)$', 1) as hundred_millions,
        regexp_extract(digits, '^(?:(.*)亿)?(?:(.*)万)?(.*)$', 2) as ten_thousands,
        regexp_extract(digits, '^(?:(.*)亿)?(?:(.*)万)?(.*)$', 3) as rest,
    from figures
),

valued as (
    select
        * exclude (digits, scale, factor, hundred_millions, ten_thousands, rest, numerals, jiao, fen),
        case
            when regexp_matches(numerals, '^[0-9]') then try_cast(replace(numerals, '٬', '') as decimal(20, 4))
            when digits = '百' then 100
            when digits = '千' then 1000
            when digits = '万' then 10000
            when digits = '亿' then 100000000
            else
                ({{ chinese_section_value('hundred_millions') }}) * 100000000
                + ({{ chinese_section_value('ten_thousands') }}) * 10000
                + ({{ chinese_section_value('rest') }})
        end::decimal(20, 4) * factor
        + case when jiao = '' then 0 else {{ small_digit('jiao') }} * 0.1::decimal(20, 4) end
        + case when fen = '' then 0 else {{ small_digit('fen') }} * 0.01::decimal(20, 4) end as value,
    from numerals_read
),

-- Between two figures, what follows the first up to a comma is the first one's; the rest leads to the second.
surrounded as (
    select
        valued.*,
        sentences.section,
        sentences.subheadings,
        sentences.opening_line,
        sentences.lead_in,
        sentences.text as sentence,
        sentences.next_text,
        sentences.place as sentence_place,
        sentences.period_no,
        row_number() over in_sentence as quantity_no,
        substring(
            sentences.text,
            coalesce(lag(valued.place + valued.piece_length) over in_sentence, 0) + 1,
            valued.place - coalesce(lag(valued.place + valued.piece_length) over in_sentence, 0)
        ) as gap_before,
        substring(
            sentences.text,
            valued.place + valued.piece_length + 1,
            coalesce(lead(valued.place) over in_sentence, length(sentences.text)) - valued.place - valued.piece_length
        ) as gap_after,
        left(sentences.text, valued.place) as sentence_before,
    from valued
    inner join sentences
        on valued.document_id = sentences.document_id
        and valued.paragraph_no = sentences.paragraph_no
        and valued.sentence_no = sentences.sentence_no
    where valued.value is not null
    window in_sentence as (
        partition by valued.document_id, valued.paragraph_no, valued.sentence_no order by valued.place
    )
),

-- Step by step, so that no expression is worked out twice.
led_to as (
    select
        * exclude (gap_before),
        case
            when quantity_no = 1 then regexp_replace(gap_before, '^{{ list_marker() }}', '')
            -- 4名、兼职22名; 1个（受理点）、4个; 5件复议、3件诉讼; 2条，其中网上
            when regexp_matches(gap_before, '^(?:（[^）]*）)?、')
                then regexp_extract(gap_before, '^(?:（[^）]*）)?、(?:和|及|以及)?(.*)$', 1)
            when regexp_matches(gap_before, '[，；：]')
                then regexp_extract(gap_before, '^(?:（[^）]*）)?[^，；：]*[，；：](.*)$', 1)
            when regexp_matches(gap_before, '[、和及](?:另有?|有)?$') then ''
            else regexp_replace(gap_before, '^（[^）]*）', '')
        end as before_all,
        regexp_extract(regexp_replace(gap_after, '^）([，；。、])', '\1'), '^((?:（[^）]*）)?[^（，、；：。]*)', 1) as after,
    from surrounded
),

in_clauses as (
    select
        *,
        case
            -- 政府公报（全年出2期）84条: the bracket before a figure, with figures of its own, says nothing of the noun.
            when regexp_matches(before_all, '^[^（]*）') and contains(sentence_before, '（') then regexp_extract(
                regexp_replace(sentence_before, '（[^（）]*）', '', 'g'), '([^，；：。、]*：?)$', 1
            )
            -- 惠民政策类占43%，计40条: the share stands between the noun and its figure.
            when contains(before_all, '占') and regexp_matches(before_all, '{{ share_between }}')
                then regexp_extract(before_all, '{{ share_between }}', 1)
            -- 微信号（账号：某某）公开: clauses inside closed brackets are passed over.
            when contains(before_all, '）') then regexp_extract(
                regexp_replace(before_all, '（(?:[^（）]*(?:[，；：]|不同)|不包括|不含)[^（）]*）', '', 'g'), '([^，；：]*：?)$', 1
            )
            else regexp_extract(before_all, '([^，；：]*：?)$', 1)
        end as before_raw,
    from led_to
),

contexts as (
    select
        *,
        -- Qualifying words and the verbs between a noun and its figure say nothing of what is counted.
        regexp_replace(
            regexp_replace(
                -- 截至12月31日共推送: the day says nothing of what is counted.
                regexp_replace(before_raw, '（[^（）0-9]{4,30}）$|^截[至止][^，；。]{0,16}(?:日|底|末)', '', 'g'),
                '{{ prose_pattern("leads_to_figure") }}',
                ''
            ),
            '^[“‘]([^”’]*)$', '\1'
        ) as before,
        case
            when regexp_matches(before_raw || prefix, '{{ prose_pattern("at_most_before") }}')
                or regexp_matches(after, '^(?:以内|以下)') then 'at_most'
            when more != '' or regexp_matches(before_raw || prefix, '{{ prose_pattern("at_least_before") }}')
                or regexp_matches(after, '{{ prose_pattern("at_least_after") }}') then 'at_least'
            when regexp_matches(before_raw || prefix, '(?:少于|低于)(?:了)?$') then 'at_most'
            when regexp_matches(before_raw || prefix, '{{ prose_pattern("about_before") }}')
                or regexp_matches(after, '^(?:左右|上下)') then 'about'
            else 'exact'
        end as qualifier,
    from in_clauses
)

select * from contexts
