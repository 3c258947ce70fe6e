{{ config(materialized='by_document') }}

{%- set share_between -%}
([^，；：。、]{2,20}?)的?所?占[^，；。（]*(?:，(?:共?计|合计|共|共有|为|有|即)|（(?:共?计|共|为)?)$
{%- endset -%}
{%- set measure = measure_words() -%}
{%- set measure_of_chinese = words('measure_words', 'not coalesce(only_after_digits, false)') %}
with documents_to_build as (
    {{ documents_to_build() }}
),

sentences as (
    select sentences.*
    from {{ ref('int_sentences') }} as sentences
    inner join documents_to_build on sentences.document_id = documents_to_build.document_id
    where not sentences.is_heading
        and regexp_matches(sentences.text, '[0-9{{ chinese_digits() }}十百千万]')
),

-- The sentence cut into figures and what stands between; figures that are no counts (words in Latin letters, document
-- numbers, dates, telephones, ordinals, shares, spans of time, 数十) are pieces of their own, so that they are never cut.
cut as (
    select
        document_id,
        paragraph_no,
        sentence_no,
        unnest(pieces) as piece,
        generate_subscripts(pieces, 1) as piece_no,
    from (
        select
            *,
            regexp_extract_all(
                text,
                '^{{ list_marker() }}'
                '|（[^（）。；]{0,30}不同[^（）。；]{2,30}计为?[1一]{{ measure }}）'
                '|[A-Za-z][A-Za-z0-9@._/:%&=?#+~-]*'
                '|[0-9]{3,4}[-—]+[0-9]{6,8}(?:[-—][0-9]+)?|[0-9]{3,4}）[0-9]{7,8}'
                '|[〔（【\[][0-9]{4}[〕）】\]](?:第?[0-9]+号)?'
                '|[0-9]{4}(?:年度?)?(?:[-—~至到]+|起至)[0-9]{4}年?'
                '|(?:[0-9]{4}|[〇○零一二三四五六七八九]{4}|[0-9]{2})年(?:度|底|初|末)?(?:[0-9一二三四五六七八九十]{1,2}月(?:份|底|初|末'
                '|[0-9一二三四五六七八九十]{1,3}日)?)?'
                '|[0-9一二三四五六七八九十]{1,2}月(?:份|底|初|末|[0-9一二三四五六七八九十]{1,3}日)?'
                '|[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}：[0-9]{2}'
                '|[0-9]{1,2}日'
                '|第[0-9{{ chinese_digits() }}{{ chinese_scales() }}]+(?:{{ measure }}|号|条|章|款|季度|部分|批|届)?'
                '|[0-9]+(?:号|#)'
                '|(?:百|千|万)分之[0-9{{ chinese_digits() }}{{ chinese_scales() }}.]+'
                '|[{{ chinese_digits() }}{{ chinese_scales() }}]+分之[{{ chinese_digits() }}{{ chinese_scales() }}]+'
                '|[0-9]+(?:\.[0-9]+)?(?:%|‰|个百分点|倍)|[一二两三四五六七八九十几]成[一二三四五六七八九]?'
                '|[0-9{{ chinese_digits() }}{{ chinese_scales() }}]+(?:余|多)?个?(?:工作日|自然日|小时|分钟|天|周|季度|月|年)'
                '|[几数上成][十百千万亿]+(?:余|多)?{{ measure }}?'
                '|{{ arabic_number_pattern() }}(?:余|多|几|来)?(?:亿|万|千|百)?(?:余|多|几)?{{ measure }}?'
                '|(?:{{ chinese_number_pattern() }}(?:余|多|几|来)?(?:亿|万)?(?:余|多)?'
                '|(?:近|约|逾|超过?)[百千万亿](?:余|多)?|[百千万]余)'
                '{{ measure_of_chinese }}'
                '|[^0-9A-Za-z〔（【\[第几数上成近约逾超百千万亿{{ chinese_digits() }}{{ chinese_scales() }}]+'
                '|.'
            ) as pieces,
        from sentences
    ) as sentences_cut
),

placed as (
    select
        *,
        (sum(length(piece)) over in_sentence - length(piece))::integer as place,
        lead(piece) over in_sentence as next_piece,
    from cut
    window in_sentence as (partition by document_id, paragraph_no, sentence_no order by piece_no)
),

counts as (
    select
        *,
        length(piece) as piece_length,
        regexp_extract(
            piece,
            '^(近|约|逾|超过?)?({{ arabic_number_pattern() }}|{{ chinese_number_pattern() }}|[百千万亿])(余|多|几|来)?(亿|万|千'
            '|百)?(余|多|几)?({{ measure }})?$',
            ['prefix', 'numerals', 'more', 'scale', 'more_after_scale', 'measure']
        ) as parts,
    from placed
),

-- What has a value, whatever it counts.
counts_kept as (
    select *
    from counts
    where parts.numerals != ''
        -- Chinese numerals without a measure word are parts of words (统一, 五水共治); zero is read where zeros are.
        and (parts.measure != '' or regexp_matches(parts.numerals, '^[0-9]'))
        -- A numeral of four digits alone is as often a year, one of seven or more a telephone number.
        and not regexp_full_match(piece, '[0-9]{7,}')
        and not regexp_full_match(piece, '(?:19|20)[0-9]{2}')
        and not (piece_no = 1 and regexp_full_match(piece, '{{ list_marker() }}'))
        and (
            not regexp_full_match(piece, '[一二两三](?:起|行|本|张|级|支|分|位|家|处|部)|一(?:批|条|些|点|项|种)')
            -- 县档案馆等三处查阅点
            or (regexp_full_match(piece, '[两三]处') and regexp_matches(coalesce(next_piece, ''), '^[^，；。]{0,6}查阅'))
        )
        -- 16类65条: the number of classes is none of items.
        and parts.measure not in ('类', '大类')
        -- 96期312条: nor is the number of issues.
        and not (parts.measure = '期' and regexp_matches(coalesce(next_piece, ''), '^[0-9].*{{ measure_words("item") }}$'))
),

-- Chinese numerals with their digits made Arabic, cut at 亿 and 万.
numerals_read as (
    select
        * exclude (parts, piece_no, next_piece),
        parts.measure as measure,
        parts.prefix as prefix,
        parts.more || parts.more_after_scale as more,
        parts.numerals as numerals,
        translate(
            parts.numerals, '零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖拾佰仟', '000122345678' || '9123456789十百千'
        ) as digits,
        case parts.scale
            when '亿' then 100000000 when '万' then 10000 when '千' then 1000 when '百' then 100 else 1
        end as scale,
        regexp_extract(digits, '^(?:(.*)亿)?(?:(.*)万)?(.*)$', 1) as hundred_millions,
        regexp_extract(digits, '^(?:(.*)亿)?(?:(.*)万)?(.*)$', 2) as ten_thousands,
        regexp_extract(digits, '^(?:(.*)亿)?(?:(.*)万)?(.*)$', 3) as rest,
    from counts_kept
),

valued as (
    select
        * exclude (digits, scale, hundred_millions, ten_thousands, rest, numerals),
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
        end::decimal(20, 4) * scale as value,
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
        regexp_extract(gap_after, '^((?:（[^）]*）)?[^（，、；：。]*)', 1) as after,
    from surrounded
),

in_clauses as (
    select
        *,
        case
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
                before_raw,
                '(?:大约|大概|将近|接近|超过|突破|不足|不到|未到|不超过|至少|不少于|不低于|少于|多于|约|近|逾|超|达到?|共计|总计|合计|累计|共有|共|总共|计|均|各|为|是|有|了'
                '|（不?含[^）0-9]*）|：|:|的|“|”|（|分别|仅|只有|已|均为|[0-9]+(?:大?类|期))+$',
                ''
            ),
            '^[“‘]([^”’]*)$', '\1'
        ) as before,
        case
            when regexp_matches(before_raw || prefix, '(?:不足|不到|未到|不超过|未超过|至多|最多)(?:了)?$')
                or regexp_matches(after, '^(?:以内|以下)') then 'at_most'
            when more != '' or regexp_matches(before_raw || prefix, '(?:超过|超|逾|突破|至少|不少于|不低于|多于|高于)(?:了)?$')
                or regexp_matches(after, '^(?:余|以上|之多|多(?:$|[，。、]))') then 'at_least'
            when regexp_matches(before_raw || prefix, '(?:少于|低于)(?:了)?$') then 'at_most'
            when regexp_matches(before_raw || prefix, '(?:约|近|接近|大概)(?:为|有)?$')
                or regexp_matches(after, '^(?:左右|上下)') then 'about'
            else 'exact'
        end as qualifier,
    from in_clauses
)

select * from contexts
