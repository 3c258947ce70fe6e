{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select reports.document_id, reports.year
    from {{ ref('dim_report') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
    where not reports.is_table_alone
),

sections as (
    select * from {{ ref('statutory_sections') }}
),

blocks as (
    select
        blocks.document_id,
        {{ squash('blocks.text_regular') }} as text,
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
),

cells as (
    select cells.document_id, cells.text_squashed as text
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    -- A figure says nothing of what it is.
    where length(cells.text_squashed) >= 2 and not regexp_full_match(cells.text_squashed, '[\d.]+')
),

phrases as (
    select section_code, must_be_heading, unnest(string_split(phrases, '|')) as phrase from sections
),

-- A short line is a heading, or might as well be one; in a longer one its words follow the number: 一、总体情况。2021年….
headings as (
    select
        document_id,
        unnest(
            if(length(text) <= 40, [text], regexp_extract_all(text, '[一二三四五六七八九十]、[^。；：]{2,30}'))
        ) as heading,
    from blocks
),

-- Each once, before they are compared: DuckDB 2.0.0 may break off at "dict-surviving cache: global dictionary column 1 changed
-- identity" where sections of all of them are made distinct (duckdb#23360; #23447 flattens such columns).
observations as (
    select distinct reports.document_id, observations.indicator_code
    from {{ ref('observations') }} as observations
    inner join reports on observations.report_id = {{ report_id('reports.document_id') }}
),

-- What need not be a heading may stand in a table too: the statistical table has lines for fees and appeals. And whoever
-- gives a figure has said something, be it in other words (申请总数).
found as (
    select headings.document_id, phrases.section_code
    from headings
    inner join phrases on contains(headings.heading, phrases.phrase)
    where phrases.must_be_heading
    union
    select blocks.document_id, phrases.section_code
    from blocks
    inner join phrases on contains(blocks.text, phrases.phrase)
    where not phrases.must_be_heading
    union
    select observations.document_id, sections.section_code
    from observations
    inner join sections on starts_with(observations.indicator_code, sections.indicators)
    union
    select cells.document_id, phrases.section_code
    from cells
    inner join phrases on contains(cells.text, phrases.phrase)
    where not phrases.must_be_heading
),

judged as (
    select
        reports.document_id,
        {{ report_id('reports.document_id') }} as report_id,
        sections.check_code,
        'all' as applicant_type,
        sections.section_code as subject,
        if(found.document_id is null, 'fail', 'pass') as result,
        null::decimal(20, 4) as expected,
        null::decimal(20, 4) as actual,
        null::decimal(20, 4) as difference,
        0 as blank_count,
        null::varchar[] as observation_ids,
        sections.name_zh as detail_zh,
        sections.name_en as detail_en,
    from reports
    inner join sections on reports.year between sections.from_year and coalesce(sections.to_year, reports.year)
    left join found
        on reports.document_id = found.document_id
        and sections.section_code = found.section_code
)

select * from judged
