{{ config(materialized='by_document') }}

{# How much each report says in words, and what it says of its problems. #}
{%- set problems = words('statutory_sections', "section_code like '%.problems'", column='phrases') %}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select reports.document_id
    from {{ ref('int_reports_identified') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
),

blocks as (
    select
        blocks.document_id,
        blocks.block_no,
        {{ squash('blocks.text_regular') }} as words,
        -- 五、存在的主要问题: the head of a section, in a line of its own or before its text.
        regexp_extract(words, '^[一二三四五六七八九十]{1,3}、([^。；：]{2,30})', 1) as heading,
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join reports on blocks.document_id = reports.document_id
    where blocks.kind in ('heading', 'paragraph')
),

in_sections as (
    select
        *,
        last_value(nullif(heading, '') ignore nulls) over (
            partition by document_id order by block_no rows between unbounded preceding and current row
        ) as section,
    from blocks
),

measured as (
    select
        *,
        coalesce(regexp_matches(section, '{{ problems }}'), false) as is_of_problems,
    from in_sections
),

prose as (
    select
        document_id,
        sum(length(words))::integer as narrative_length,
        sum(length(words)) filter (where is_of_problems)::integer as problems_length,
        list_sort(list_distinct(flatten(list(list_transform(
            list_filter(
                regexp_split_to_array(regexp_replace(words, '\d+', '', 'g'), '[，。；：！？、（）“”]+'),
                lambda clause: length(clause) >= 6
            ),
            lambda clause: hash(clause)
        )) filter (where is_of_problems)))) as problem_clauses,
    from measured
    group by document_id
)

select * from prose
