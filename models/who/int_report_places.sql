{{ config(materialized='by_document') }}

{# The places of county level and above that each report, or its page around it, names anywhere, with how often. #}
with documents_to_build as (
    {{ documents_to_build() }}
),

blocks as (
    select blocks.document_id, {{ squash('blocks.text_regular') }} as line
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    inner join {{ ref('int_documents_classified') }} as classified on blocks.document_id = classified.document_id
    where classified.document_class = 'annual_report'
    union all
    select page_hints.document_id, page_hints.hint as line
    from {{ ref('int_page_hints') }} as page_hints
    inner join documents_to_build on page_hints.document_id = documents_to_build.document_id
    where page_hints.kind != 'address'
),

-- What stands before each 省, 市, 县 ... and ends with it: the name is some end of it. Two of them in a row may belong to
-- one name (衢州市, 沙市区) or not (the 市区 of a city).
runs as (
    select document_id, unnest(regexp_extract_all(line, '\p{Han}{1,11}?[省市县区旗州盟]{1,2}')) as run
    from blocks
),

distinct_runs as (
    select document_id, run, count(*) as run_count
    from runs
    group by document_id, run
),

ended_runs as (
    select document_id, run as whole_run, run, run_count from distinct_runs
    union all
    select document_id, run, left(run, -1), run_count
    from distinct_runs
    where regexp_matches(run, '[省市县区旗州盟]{2}$')
),

endings as (
    select document_id, whole_run, right(run, lengths.length::integer) as form, run_count
    from ended_runs
    cross join range(2, 13) as lengths (length)
    where length(run) >= lengths.length
),

-- The longest: 来凤县 is not 凤县.
longest_names as (
    select endings.document_id, endings.whole_run, endings.form, any_value(endings.run_count) as run_count
    from endings
    inner join {{ ref('int_region_names') }} as region_names on endings.form = region_names.form
    where region_names.form_kind != 'short' and region_names.level_code != 'township'
    group by endings.document_id, endings.whole_run, endings.form
    qualify row_number() over (
        partition by endings.document_id, endings.whole_run order by length(endings.form) desc, endings.form
    ) = 1
),

named as (
    select
        longest_names.document_id,
        longest_names.form,
        region_names.region_code,
        sum(longest_names.run_count)::integer as mention_count,
    from longest_names
    inner join {{ ref('int_region_names') }} as region_names on longest_names.form = region_names.form
    where region_names.form_kind != 'short' and region_names.level_code != 'township'
    group by longest_names.document_id, longest_names.form, region_names.region_code
)

select * from named
