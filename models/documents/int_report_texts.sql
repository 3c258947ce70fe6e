{{ config(materialized='by_document') }}

{# The first and last lines of each report in one piece, its own way to speak of itself, and where it can be reached. #}
{%- set own_words = words('agency_endings', "kind = 'department' and self_word is not null", 'self_word') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select classified.document_id
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    where classified.document_class = 'annual_report'
),

lines as (
    select lines.*
    from {{ ref('int_document_lines') }} as lines
    inner join reports on lines.document_id = reports.document_id
),

texts as (
    select
        document_id,
        string_agg(line, '。' order by line_no) filter (where line_no <= 10 and not is_about_page) as opening,
        string_agg(line, '。' order by line_no) as all_lines,
        -- 我局, 本委, 我办: a department writes.
        sum(len(regexp_extract_all(line, '[我本]{{ own_words }}')))::integer as department_self_count,
    from lines
    group by document_id
),

with_reach as (
    select
        *,
        nullif(regexp_extract(
            all_lines, '(?:^|[^\d])（?(010|02\d|0[3-9]\d\d)）?[-—–~ ]{0,2}[1-9]\d{6,7}(?:\D|$)', 1
        ), '') as area_code,
        nullif(regexp_extract(
            all_lines, '{{ words('page_labels', "says = 'postcode'", 'label') }}[^\d。]{0,4}(\d{6})(?:\D|$)', 1
        ), '') as postcode,
    from texts
)

select * exclude (all_lines) from with_reach
