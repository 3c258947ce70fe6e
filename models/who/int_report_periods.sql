{{ config(materialized='by_document') }}

{#- 2016年度（1月1日至12月31日） too. -#}
{%- set number = day_number_pattern() -%}
{%- set first_day -%}(\d{4})(?:年度?（?|[./-]){{ number }}[月./-]{{ number }}[日号]?{%- endset -%}
{#- From 2008年5月1日《条例》施行起. -#}
{%- set until -%}(?:{{ words("date_words", "use = 'period_begun'") }}|[（(]?起[）)]?|开始|2?[04]时|[，、])*(?:[至到止]|截[至止]|[—–~-])+{%- endset -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

openings as (
    select
        lines.document_id,
        string_agg({{ arabic_digits('lines.line') }}, '。' order by lines.line_no) as opening,
    from {{ ref('int_document_lines') }} as lines
    inner join documents_to_build on lines.document_id = documents_to_build.document_id
    inner join {{ ref('int_documents_classified') }} as classified on lines.document_id = classified.document_id
    where classified.document_class = 'annual_report' and lines.line_no <= 12 and not lines.is_about_page
    group by lines.document_id
),

-- 自2017年1月1日起至(2017年)12月31日止, or the end before the beginning, or months only.
periods_matched as (
    select
        document_id,
        regexp_extract(
            opening,
            '{{ first_day }}{{ until }}(?:(\d{4})[年./-]|同年|当年|本年)?{{ number }}[月./-]{{ number }}[日号]?',
            ['year_1', 'month_1', 'day_1', 'year_2', 'month_2', 'day_2']
        ) as forward,
        regexp_extract(
            opening,
            '{{ words("date_words", "use = \'period_end\'") }}[^。]{0,6}{{ day_pattern() }}'
            || '[^。]{0,14}?{{ words("date_words", "use = \'period_start\'") }}[^。\d]{0,8}{{ day_pattern() }}',
            ['year_2', 'month_2', 'day_2', 'year_1', 'month_1', 'day_1']
        ) as backward,
        regexp_extract(
            opening, '(\d{4})年{{ number }}月?份?[至到—–~-]+(?:(\d{4})年)?{{ number }}月(?:份|底|末)?',
            ['year_1', 'month_1', 'year_2', 'month_2']
        ) as months,
    from openings
),

-- The year of the end is often left out.
periods_completed as (
    select
        *,
        coalesce(nullif(forward.year_2, ''), forward.year_1) as forward_year_2,
        coalesce(nullif(months.year_2, ''), months.year_1) as months_year_2,
    from periods_matched
),

periods_read as (
    select
        document_id,
        case
            when forward.year_1 != '' then {{ day_of('forward.year_1', 'forward.month_1', 'forward.day_1') }}
            when backward.year_1 != '' then {{ day_of('backward.year_1', 'backward.month_1', 'backward.day_1') }}
            when months.year_1 != '' then {{ day_of('months.year_1', 'months.month_1', "'1'") }}
        end as stated_start,
        case
            when forward.year_1 != '' then {{ day_of('forward_year_2', 'forward.month_2', 'forward.day_2') }}
            when backward.year_1 != '' then {{ day_of('backward.year_2', 'backward.month_2', 'backward.day_2') }}
            when months.year_1 != '' then last_day({{ day_of('months_year_2', 'months.month_2', "'1'") }})
        end as stated_end,
    from periods_completed
),

periods as (
    select
        *,
        coalesce(
            date_diff('day', stated_start, stated_end)
            between {{ weight('period_fewest_days') }} and {{ weight('period_most_days') }},
            false
        ) as is_sound,
    from periods_read
    where stated_start is not null or stated_end is not null
)

select * from periods
