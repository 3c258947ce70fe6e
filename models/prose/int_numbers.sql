{{ config(materialized='by_document') }}

{%- set measure = measure_words() -%}
{%- set measure_of_chinese = words('measure_words', 'not coalesce(only_after_digits, false)') -%}
{%- set reasons = seed_rows(ref('number_kinds'), 'kind_no') -%}
-- depends_on: {{ ref('number_kinds') }}
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

-- The sentence cut into numbers and what stands between; numbers that are no counts (words in Latin letters, document
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
                {%- for row in reasons if row['cut'] %}
                '|{{ row['pattern'] | replace('{measure}', measure) }}'
                {%- endfor %}
                '|{{ arabic_number_pattern() }}元[0-9{{ chinese_digits() }}]角(?:[0-9{{ chinese_digits() }}]分)?'
                '|{{ chinese_number_pattern() }}元[{{ chinese_digits() }}]角(?:[{{ chinese_digits() }}]分)?'
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
        lag(piece) over in_sentence as previous_piece,
        lead(piece) over in_sentence as next_piece,
    from cut
    window in_sentence as (partition by document_id, paragraph_no, sentence_no order by piece_no)
),

taken_apart as (
    select
        *,
        length(piece) as piece_length,
        regexp_extract(
            regexp_replace(piece, '元([0-9{{ chinese_digits() }}])角(?:([0-9{{ chinese_digits() }}])分)?$', '元'),
            '^(近|约|逾|超过?)?({{ arabic_number_pattern() }}|{{ chinese_number_pattern() }}|[百千万亿])(余|多|几|来)?(亿|万|千'
            '|百)?(余|多|几)?({{ measure }})?$',
            ['prefix', 'numerals', 'more', 'scale', 'more_after_scale', 'measure']
        ) as parts,
        regexp_extract(
            piece, '元([0-9{{ chinese_digits() }}])角(?:([0-9{{ chinese_digits() }}])分)?$', ['jiao', 'fen']
        ) as small_money,
    from placed
    where regexp_matches(piece, '[0-9{{ chinese_digits() }}{{ chinese_scales() }}]')
),

-- Why a number counts nothing, by the first kind that it is of; NULL where it is a figure.
told_apart as (
    select
        *,
        case
            when piece_no = 1 and regexp_full_match(piece, '{{ list_marker() }}') then 'heading or list number'
            {%- for row in reasons if row['reason'] %}
            when {% if row['cut'] %}parts.numerals = '' and {% endif %}regexp_full_match(piece, '{{ row['pattern'] | replace('{measure}', measure) }}')
                {%- if row['before'] %} and regexp_matches(coalesce(previous_piece, ''), '{{ row['before'] }}'){% endif %}
                {%- if row['unless_before'] %} and not regexp_matches(coalesce(previous_piece, ''), '{{ row['unless_before'] }}'){% endif %}
                {%- if row['after'] %} and regexp_matches(coalesce(next_piece, ''), '{{ row['after'] }}'){% endif %}
                {%- if row['unless_after'] %} and not regexp_matches(coalesce(next_piece, ''), '{{ row['unless_after'] }}'){% endif %}
                then '{{ row['reason'] }}'
            {%- endfor %}
            when parts.numerals = '' then 'about something else'
        end as no_figure_because,
    from taken_apart
),

numbers as (
    select
        document_id,
        paragraph_no,
        sentence_no,
        piece,
        place,
        piece_length,
        parts.prefix as prefix,
        parts.numerals as numerals,
        parts.more || parts.more_after_scale as more,
        parts.scale as scale,
        parts.measure as measure,
        small_money.jiao as jiao,
        small_money.fen as fen,
        no_figure_because,
    from told_apart
    -- Chinese numerals without a measure word are parts of words (统一, 五水共治); zero is read where zeros are.
    where parts.numerals = '' or parts.measure != '' or regexp_matches(piece, '[0-9]')
)

select * from numbers
