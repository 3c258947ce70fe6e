{{ config(materialized='by_document') }}

{%- set since = words('check_words', "use = 'since'") -%}
{%- set item = measure_words('item') -%}
{%- set repealed = words('check_words', "use = 'repealed'") %}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select reports.*
    from {{ ref('dim_report') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
    where not reports.is_table_alone
),

titles as (
    select * from {{ ref('int_document_titles') }}
),

dates as (
    select * from {{ ref('int_report_dates') }}
),

blocks as (
    select blocks.document_id, blocks.block_no, {{ squash('blocks.text_regular') }} as text
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
),

cells as (
    select cells.*
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

readings as (
    select readings.*
    from {{ ref('int_agency_readings') }} as readings
    inner join documents_to_build on readings.document_id = documents_to_build.document_id
),

no_title as (
    select reports.document_id, 'Q-TITLE' as check_code, titles.title is null as is_wrong, '' as detail
    from reports
    left join titles on reports.document_id = titles.document_id
),

title_without_body as (
    select
        document_id,
        'Q-TITLE-BODY' as check_code,
        agency_source != 'title' as is_wrong,
        agency_name as detail,
    from reports
    where agency_name is not null
),

-- （一）（二）（二）: the same number twice in a row under one heading.
numbered as (
    select
        document_id,
        block_no,
        regexp_extract(text, '^(（[一二三四五六七八九十]{1,3}）|[一二三四五六七八九十]{1,3}、)', 1) as number,
    from blocks
    where regexp_matches(text, '^(（[一二三四五六七八九十]{1,3}）|[一二三四五六七八九十]{1,3}、)')
),

numbers_in_order as (
    select *, number = lag(number) over (partition by document_id order by block_no) as is_repeated from numbered
),

numbering as (
    select
        document_id,
        'Q-NUMBERING' as check_code,
        bool_or(coalesce(is_repeated, false)) as is_wrong,
        coalesce(string_agg(distinct number, '' order by number) filter (where is_repeated), '') as detail,
    from numbers_in_order
    group by document_id
),

period_years as (
    select
        document_id,
        'TI-YEAR' as check_code,
        stated_end < stated_start or year(stated_end) not between year and year + 1 or year(stated_start) != year
            as is_wrong,
        stated_start || ' – ' || stated_end as detail,
    from dates
    where year is not null and stated_start is not null and stated_end is not null
),

other_years as (
    select
        document_id,
        'TI-YEAR-OTHER' as check_code,
        year_contradicted_by is not null as is_wrong,
        year_contradicted_by as detail,
    from dates
    where year is not null
),

short_periods as (
    select
        document_id,
        'Q-PERIOD' as check_code,
        period_end < make_date(year, 12, 31) as is_wrong,
        period_end::varchar as detail,
    from dates
    where period_basis = 'stated'
),

posted as (
    select
        days.document_id,
        'L-BEFORE' as check_code,
        bool_or(days.found_on < dates.period_end) as is_wrong,
        min(days.found_on)::varchar as detail,
    from {{ ref('int_report_days') }} as days
    inner join documents_to_build on days.document_id = documents_to_build.document_id
    inner join dates on days.document_id = dates.document_id
    where days.kind = 'posted' and dates.period_end is not null
    group by days.document_id
),

-- 自2013年8月以来共公开521条, 网站改版后累计发布521条: beside a running total this year's is easily missed.
running_counts as (
    select
        document_id,
        unnest(regexp_extract_all(
            text, '((?:自|从)?20\d\d年[^。，；]{0,12}{{ since }}[^。；]{0,40}?\d[\d٬]*(?:余|多)?{{ item }})', 1
        ) || regexp_extract_all(
            text,
            '({{ words("check_words", "use = 'running_begin'") }}[^。；]{0,50}?'
            || '{{ words("check_words", "use = 'running_total'") }}[^。；\d]{0,14}\d[\d٬.]*万?(?:余|多)?{{ item }})',
            1
        )) as words,
    from blocks
),

running_counts_dated as (
    select
        *,
        try_cast(regexp_extract(words, '(20\d\d)年.{0,12}{{ since }}', 1) as integer) as since_year,
    from running_counts
),

running_totals as (
    select
        dates.document_id,
        'Q-RUNNING' as check_code,
        coalesce(bool_or(coalesce(counts.since_year < dates.year, true)) filter (where counts.words is not null), false)
            as is_wrong,
        string_agg(counts.words, '；' order by counts.words) as detail,
    from dates
    left join running_counts_dated as counts on dates.document_id = counts.document_id
    where dates.year is not null
    group by dates.document_id
),

-- The body that another part of the document names, unless one name is a part of the other, or short for it.
other_bodies as (
    select
        readings.document_id,
        if(readings.source = 'portal', 'Q-PUBLISHER', 'Q-OTHER-BODY') as check_code,
        not bool_or(
            contains(reports.agency_name, readings.name) or contains(readings.name, reports.agency_name)
            or contains(readings.phrase, reports.agency_name)
            or translate(readings.phrase, reports.agency_name, '') = ''
        ) as is_wrong,
        min(readings.phrase) as detail,
    from readings
    inner join reports on readings.document_id = reports.document_id
    where readings.source in ('portal', 'preamble') and readings.name is not null and not readings.names_level_only
    group by all
),

-- One row a table that says of each document whether it is in force.
validity as (
    select
        document_id,
        'Q-VALIDITY' as check_code,
        bool_or(regexp_full_match(text_squashed, '{{ words("check_words", "use = 'in_force'") }}'))
        and bool_or(regexp_matches(text_squashed, '已{{ repealed }}|^{{ repealed }}$')) as is_wrong,
        coalesce(string_agg(text_squashed, '、' order by row_no, col_no)
            filter (where regexp_matches(text_squashed, '{{ repealed }}')), '') as detail,
    from cells
    where length(text_squashed) <= 12
    group by document_id, table_no
    having bool_or(regexp_matches(text_squashed, '{{ words("check_words", "use = 'validity_head'") }}'))
),

checked as (
    {%- for check in [
        'no_title', 'title_without_body', 'numbering', 'period_years', 'other_years', 'short_periods', 'posted',
        'other_bodies', 'validity', 'running_totals',
    ] %}
    select document_id, check_code, is_wrong, detail from {{ check }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

judged as (
    select
        reports.document_id,
        {{ report_id('reports.document_id') }} as report_id,
        checked.check_code,
        'all' as applicant_type,
        if(checked.is_wrong, 'fail', 'pass') as result,
        null::decimal(20, 4) as expected,
        null::decimal(20, 4) as actual,
        null::decimal(20, 4) as difference,
        0 as blank_count,
        null::varchar[] as observation_ids,
        if(checked.is_wrong, checked.detail, '') as detail_zh,
        if(checked.is_wrong, checked.detail, '') as detail_en,
    from checked
    inner join reports on checked.document_id = reports.document_id
    where checked.is_wrong is not null
)

select * from judged
