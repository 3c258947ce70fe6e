{{ config(materialized='by_document') }}

{#- A figure, and after it within the clause the percentage said of it: 207条，占63.4%; 116件，同比增长5.2%. -#}
{%- set figure = '(\d[\d٬]*)[^\d%。；]{0,8}?' -%}
{%- set of_a_total = '(?:占[^\d%。；，]{0,16}?|（(?:占[^\d%。；，]{0,16}?)?)' -%}
{%- set since_last_year = words('check_words', "use = 'last_year'") ~ '[^\d%。；]{0,8}?' -%}
{%- set percentage = '(\d+(?:\.\d+)?)%' -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

-- What the text says of the year, whether or not a table says it as well.
readings as (
    select readings.*
    from {{ ref('int_candidates_corrected') }} as readings
    inner join documents_to_build on readings.document_id = documents_to_build.document_id
    where
        readings.basis = 'narrative' and readings.qualifier = 'exact'
        and readings.period_part = 'year' and readings.scope_part = 'own'
        and readings.evidence_document_id = readings.document_id
),

blocks as (
    select blocks.*
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    where contains(blocks.text_regular, '%')
),

sentences as (
    select
        readings.document_id,
        readings.report_id,
        readings.observation_id,
        readings.indicator_code,
        readings.applicant_type,
        readings.category_label,
        readings.value,
        substr(
            blocks.text_regular, readings.char_start + 1, readings.char_end - readings.char_start
        ) as sentence,
    from readings
    inner join blocks
        on readings.document_id = blocks.document_id
        and readings.block_no = blocks.block_no
),

{%- set share = figure ~ of_a_total ~ percentage %}
{%- set rise = figure ~ since_last_year ~ words('check_words', "use = 'rise'") ~ '[^\d%。；]{0,3}' ~ percentage %}
{%- set fall = figure ~ since_last_year ~ words('check_words', "use = 'fall'") ~ '[^\d%。；]{0,3}' ~ percentage %}
{%- for kind, pattern in [('share', share), ('rise', rise), ('fall', fall)] %}

{{ kind }}_pairs as (
    select
        * exclude (sentence),
        '{{ kind }}' as kind,
        unnest(regexp_extract_all(sentence, '{{ pattern }}', 1)) as figure,
        unnest(regexp_extract_all(sentence, '{{ pattern }}', 2)) as percentage,
    from sentences
),
{%- endfor %}

pairs as (
    select * from share_pairs
    union all
    select * from rise_pairs
    union all
    select * from fall_pairs
),

-- The percentage is said of the figure that was read, not of another in the same sentence.
percentages as (
    select
        * exclude (kind, figure, percentage),
        if(kind = 'share', 'share', 'growth') as kind,
        percentage::decimal(20, 4) * if(kind = 'fall', -1, 1) as percentage,
        length(split_part(percentage, '.', 2)) as decimals,
    from pairs
    where try_cast(replace(figure, '٬', '') as decimal(20, 4)) = value
)

select distinct on (observation_id, kind) * from percentages
order by observation_id, kind, percentage
