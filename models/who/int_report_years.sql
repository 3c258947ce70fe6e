{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select
        classified.document_id,
        documents.manifest_year,
        {{ arabic_digits('classified.title') }} as title,
        {{ arabic_digits('documents.file_stem') }} as file_stem,
        {{ arabic_digits("documents.properties ->> 'title'") }} as page_title,
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    inner join {{ ref('stg_raw__documents') }} as documents on classified.document_id = documents.document_id
    where classified.document_class = 'annual_report'
),

openings as (
    select
        lines.document_id,
        string_agg({{ arabic_digits('lines.line') }}, '。' order by lines.line_no) as opening,
    from {{ ref('int_document_lines') }} as lines
    inner join reports on lines.document_id = reports.document_id
    where lines.line_no <= 12 and not lines.is_about_page
    group by lines.document_id
),

periods as (
    select periods.*
    from {{ ref('int_report_periods') }} as periods
    inner join reports on periods.document_id = reports.document_id
    where periods.is_sound
),

-- Whoever fills a form in may do so on any day.
last_signed as (
    select days.document_id, arg_max(days.found_on, days.block_no) as signed_on
    from {{ ref('int_report_days') }} as days
    inner join reports on days.document_id = reports.document_id
    where days.kind in ('signed', 'printed')
    group by days.document_id
),

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
        coalesce(lead(mention_count) over by_mentions, 0) as next_count,
        row_number() over by_mentions as place,
    from body_years
    group by document_id, year
    window by_mentions as (partition by document_id order by mention_count desc, year)
),

-- A year that the text names again and again, and hardly another, is its year even where nothing else says so.
commonest_body_year as (
    select
        document_id,
        year,
        case
            when mention_count >= {{ weight('year_mentioned_often') }}
                and mention_count >= {{ weight('year_mentioned_more_often') }} * next_count
                then {{ weight('year_in_body_alone') }}
            else {{ weight('year_in_body') }}
        end as strength,
    from body_year_counts
    where place = 1 and mention_count + next_count >= 2
),

year_hints as (
    select
        document_id, manifest_year::varchar as year, 'manifest' as source, {{ weight('year_in_manifest') }} as strength
    from reports
    union all
    select document_id, regexp_extract(title, '((?:19|20)\d\d)年?度?', 1), 'title', {{ weight('year_in_title') }}
    from reports
    -- 2008—2009年度 names no year.
    where not regexp_matches(title, '20\d\d年?[—–~至-]+20\d\d')
    union all
    -- But a school year is called by two, and is of the second.
    select document_id, '20' || regexp_extract(title, '{{ school_year_pattern() }}', 2), 'title', {{ weight('year_in_title') }}
    from reports
    where regexp_matches(title, '{{ school_year_pattern() }}')
    union all
    select document_id, year(stated_end)::varchar, 'period', {{ weight('year_of_period') }}
    from periods
    union all
    select
        document_id,
        regexp_extract(
            opening,
            '(20\d\d)年?度?(?:的|全年|我.|本.)?[^。，；\d]{0,14}?公开(?:工作)?(?:年度|的)?'
            || '{{ words("date_words", "use = 'report_name'") }}',
            1
        ),
        'preamble',
        {{ weight('year_in_preamble') }},
    from openings
    union all
    select document_id, year, 'body', strength
    from commonest_body_year
    union all
    -- A report is signed in the months after its year, or in its last weeks.
    select
        document_id,
        (year(signed_on) - (month(signed_on) <= 9)::integer)::varchar,
        'signature',
        {{ weight('year_of_signature') }},
    from last_signed
    union all
    select document_id, regexp_extract(page_title, '((?:19|20)\d\d)年', 1), 'property', {{ weight('year_in_property') }}
    from reports
    union all
    select
        document_id,
        regexp_extract(file_stem, '(?:^|\D)(20\d\d)(?:年|\D|$)', 1),
        'file_name',
        {{ weight('year_in_file_name') }},
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

ranked as (
    select *, row_number() over (partition by document_id order by strength desc, year desc) > 1 as is_runner_up
    from year_votes
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
    from ranked
    group by document_id
    having max(strength) >= {{ weight('year_least') }}
        and max(strength) > coalesce(max(strength) filter (where is_runner_up), 0)
)

select * from years
