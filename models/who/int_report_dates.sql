{{ config(materialized='by_document') }}

{# The year that each annual report is about, its period and its day of publication, each with what says so. #}
{%- set number -%}(\d?十\d?|\d{1,2}){%- endset -%}
{%- set day -%}(\d{4})[年./-]{{ number }}[月./-]{{ number }}[日号]?{%- endset -%}
{%- set time_of_day -%}(?:[01]\d|2[0-3]|\d)：[0-5]\d(?:：[0-5]\d)?{%- endset -%}
{# 2016年度（1月1日至12月31日） too. #}
{%- set first_day -%}(\d{4})(?:年度?（?|[./-]){{ number }}[月./-]{{ number }}[日号]?{%- endset -%}
{%- set posting_words -%}
发布时间|发布日期|公开时间|公开日期|上网时间|上传时间|更新时间|更新日期|发稿时间|添加时间|录入时间
{%- endset -%}
{%- set until -%}(?:[（(]?起[）)]?|开始|0时|24时|[，、])*(?:[至到止]|截[至止]|[—–~-])+{%- endset -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select classified.document_id, classified.title, documents.file_stem, documents.properties::varchar as properties,
        documents.manifest_year, documents.manifest_published_on,
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    inner join {{ ref('stg_raw__documents') }} as documents on classified.document_id = documents.document_id
    where classified.document_class = 'annual_report'
),

lines as (
    select lines.* replace ({{ arabic_digits('lines.line') }} as line)
    from {{ ref('int_document_lines') }} as lines
    inner join reports on lines.document_id = reports.document_id
),

openings as (
    select document_id, string_agg(line, '。' order by line_no) as opening
    from lines
    where line_no <= 12 and not is_about_page
    group by document_id
),

{# --- the period --- #}
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
            '(?:截[至止]|截止日期为?|结束)[^。]{0,6}{{ day }}[^。]{0,14}?(?:起始|起算|自|从|开始)[^。\d]{0,8}{{ day }}',
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
        coalesce(date_diff('day', stated_start, stated_end) between 27 and 400, false) as is_sound,
    from periods_read
),

{# --- the year --- #}
body_years as (
    select blocks.document_id, unnest(regexp_extract_all(blocks.text_regular, '(20[0-4]\d) ?年', 1)) as year
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join reports on blocks.document_id = reports.document_id
    where blocks.kind in ('heading', 'paragraph')
),

body_year_counts as (
    select
        document_id,
        year,
        count(*) as mention_count,
        coalesce(lead(mention_count) over (partition by document_id order by mention_count desc, year), 0) as next_count,
        row_number() over (partition by document_id order by mention_count desc, year) as place,
    from body_years
    group by document_id, year
),

-- A year that the text names again and again, and hardly another, is its year even where nothing else says so.
commonest_body_year as (
    select
        document_id,
        year,
        case when mention_count >= 4 and mention_count >= 3 * next_count then 3 else 2 end as strength,
    from body_year_counts
    where place = 1 and mention_count + next_count >= 2
),

-- A line that is a day (after the name that signs), near the end or right after the title.
signature_days as (
    select
        document_id,
        block_no,
        line,
        -- Without blanks a time of day runs into the day: 2021-01-2208：37.
        regexp_extract(
            regexp_replace(line, '{{ time_of_day }}', ' '), '{{ day }}', ['year', 'month', 'day']
        ) as parts,
        case
            when regexp_matches(line, '填报|填表|制表|报送日期') then 4
            when regexp_matches(line, '印发|打印|校对') then 3
            else 2
        end as preference,
    from lines
    where (line_no_from_end <= 15 or line_no <= 6)
        and not is_about_page
        and regexp_matches(
            line,
            '^[^。；，\d]{0,40}{{ day }}(?:[^。；，\d]{0,6}$|附[件表：])|^{{ day }}T?{{ time_of_day }}$|(填报|填表|报送|印发)(日期|时间)：?{{ day }}|'
            || '^{{ day }}[\d：:]{0,8}(来源|浏览|点击|字体|字号|作者)'
        )
        and not regexp_matches(regexp_replace(line, '附[件表：].*$', ''), '统计|期限|截[至止]|[至到—~]$')
),

signed as (
    select
        document_id, block_no, line, preference,
        {{ day_of('parts.year', 'parts.month', 'parts.day') }} as signed_on,
    from signature_days
),

last_signed as (
    select document_id, arg_max(signed_on, block_no) as signed_on
    from signed
    where signed_on is not null and preference <= 3
    group by document_id
),

year_hints as (
    select document_id, manifest_year::varchar as year, 'manifest' as source, 100 as strength
    from reports
    union all
    select
        document_id,
        regexp_extract({{ arabic_digits('title') }}, '((?:19|20)\d\d)年?度?', 1),
        'title',
        4,
    from reports
    -- 2008—2009年度 names no year.
    where not regexp_matches({{ arabic_digits('title') }}, '20\d\d年?[—–~至-]+20\d\d')
    union all
    select document_id, year(stated_end)::varchar, 'period', 3
    from periods
    where is_sound
    union all
    select
        document_id,
        regexp_extract(opening, '(20\d\d)年?度?(?:的|全年|我.|本.)?[^。，；\d]{0,14}?公开(?:工作)?(?:年度|的)?(?:报告|年报|情况|总结)', 1),
        'preamble',
        3,
    from openings
    union all
    select document_id, year, 'body', strength
    from commonest_body_year
    union all
    -- A report is signed in the months after its year, or in its last weeks.
    select document_id, (year(signed_on) - (month(signed_on) <= 9)::integer)::varchar, 'signature', 2
    from last_signed
    union all
    select
        document_id,
        regexp_extract({{ arabic_digits("properties::json ->> 'title'") }}, '((?:19|20)\d\d)年', 1),
        'property',
        1,
    from reports
    union all
    select
        document_id,
        regexp_extract({{ arabic_digits('file_stem') }}, '(?:^|\D)(20\d\d)(?:年|\D|$)', 1),
        'file_name',
        1,
    from reports
),

year_votes as (
    select
        document_id,
        try_cast(year as integer) as year,
        sum(strength) as strength,
        string_agg(source, '，' order by strength desc, source) as sources,
    from year_hints
    where try_cast(year as integer) between 2003 and 2050
    group by document_id, try_cast(year as integer)
),

-- One weak hint decides nothing, nor do two readings of equal strength.
years as (
    select
        document_id,
        arg_max(year, strength) as year,
        max(strength) as year_strength,
        arg_max(sources, strength) as year_evidence,
        nullif(
            string_agg(year || '：' || sources, '；' order by year) filter (where is_runner_up), ''
        ) as year_contradicted_by,
    from (
        select *, row_number() over (partition by document_id order by strength desc, year desc) > 1 as is_runner_up
        from year_votes
    )
    group by document_id
    having max(strength) >= 3 and max(strength) > coalesce(max(strength) filter (where is_runner_up), 0)
),

{# --- the day of publication --- #}
posted as (
    select
        document_id,
        block_no,
        line,
        case when regexp_matches(line, '{{ posting_words }}') then 1 else 2 end as preference,
        regexp_extract(
            line,
            '(?:{{ posting_words }}|发文日期|成文日期|生成日期|日期|时间)：?[\[（【|]*{{ day }}',
            ['year', 'month', 'day']
        ) as parts,
    from lines
    where (line_no <= 20 or line_no_from_end <= 5) and length(line) <= 200 and (is_about_page or line_no <= 5)
),

posted_in_tables as (
    select
        labels.document_id,
        case when regexp_matches(labels.label, '{{ posting_words }}') then 1 else 2 end as preference,
        regexp_extract({{ arabic_digits('labels.value') }}, '{{ day }}', ['year', 'month', 'day']) as parts,
    from {{ ref('int_document_labels') }} as labels
    inner join reports on labels.document_id = reports.document_id
),

posted_in_properties as (
    select
        document_id,
        1 as preference,
        regexp_extract(
            properties,
            '(?i)"[^"]*(?:pubdate|publishdate|publish_time|published|{{ posting_words }})[^"]*":\s*"{{ day }}',
            ['year', 'month', 'day']
        ) as parts,
    from reports
    union all
    select
        document_id,
        2 as preference,
        regexp_extract(
            properties, '"(?:发文日期|成文日期|生成日期|日期|时间)":\s*"{{ day }}', ['year', 'month', 'day']
        ) as parts,
    from reports
),

published_hints as (
    select document_id, manifest_published_on as published_on, 'manifest' as source, 0 as preference, 0 as block_no
    from reports
    where manifest_published_on is not null
    union all
    select document_id, {{ day_of('parts.year', 'parts.month', 'parts.day') }}, 'portal', preference, block_no
    from posted
    where parts.year != ''
    union all
    select
        document_id,
        {{ day_of('parts.year', 'parts.month', 'parts.day') }},
        'property',
        preference,
        0,
    from posted_in_properties
    where parts.year != ''
    union all
    select document_id, {{ day_of('parts.year', 'parts.month', 'parts.day') }}, 'portal', preference, 0
    from posted_in_tables
    where parts.year != ''
    union all
    select document_id, signed_on, 'signature', preference + 1, block_no
    from signed
),

-- No report is published before its year is nearly over: a page's older day is of another thing.
published as (
    select
        hints.document_id,
        arg_min(hints.published_on, hints.preference * 100000 - hints.block_no) as published_on,
        arg_min(hints.source, hints.preference * 100000 - hints.block_no) as published_evidence,
    from published_hints as hints
    inner join years on hints.document_id = years.document_id
    where hints.published_on >= make_date(years.year, 12, 1)
        and (hints.source = 'manifest' or hints.published_on < make_date(years.year + 12, 1, 1))
    group by hints.document_id
),

dated as (
    select
        reports.document_id,
        years.year,
        years.year_strength,
        years.year_evidence,
        years.year_contradicted_by,
        -- The stated period counts where it is of the report's year, and each end where it is a day at all.
        case
            when periods.is_sound and years.year in (year(periods.stated_start), year(periods.stated_end))
                then periods.stated_start
            when not periods.is_sound and year(periods.stated_start) = years.year then periods.stated_start
            else make_date(years.year, 1, 1)
        end as period_start,
        case
            when periods.is_sound and years.year in (year(periods.stated_start), year(periods.stated_end))
                then periods.stated_end
            when not periods.is_sound and year(periods.stated_end) = years.year and periods.stated_start is null
                then periods.stated_end
            else make_date(years.year, 12, 31)
        end as period_end,
        case
            when years.year is null then null
            when periods.is_sound and years.year in (year(periods.stated_start), year(periods.stated_end)) then 'stated'
            else 'assumed'
        end as period_basis,
        periods.stated_start,
        periods.stated_end,
        published.published_on,
        published.published_evidence,
    from reports
    left join years on reports.document_id = years.document_id
    left join periods on reports.document_id = periods.document_id
    left join published on reports.document_id = published.document_id
)

select * from dated
