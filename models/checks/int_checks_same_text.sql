{#- Of 64 hashes, how many of the smallest of both texts together stand in both: an estimate of their Jaccard index. -#}
{%- set similarity -%}
length(list_intersect(
    list_intersect(these.signature, others.signature),
    list_sort(list_distinct(these.signature || others.signature))[1:64]
)) / least(64, length(list_distinct(these.signature || others.signature)))
{%- endset -%}
{{ config(materialized='by_document') }}

with years_to_build as (
    {{ keys_to_build('int_year_contexts') }}
),

-- Those of the years before, too, for comparison.
reports as (
    select * from {{ ref('dim_report') }}
    where is_current and year in (select year from years_to_build union all select year - 1 from years_to_build)
),

signed as (
    select reports.*, signatures.signature
    from reports
    inner join {{ ref('int_text_signatures') }} as signatures on reports.document_id = signatures.document_id
    where signatures.shingle_count >= {{ threshold('fewest_clauses_compared') }}
),

last_year as (
    select
        'X-TEXT-SAME' as check_code,
        these.report_id,
        others.year::varchar as other,
        {{ similarity }} as similarity,
    from signed as these
    inner join signed as others
        on {{ is_of_year_before('these', 'others') }}
),

-- Texts that are much alike share most of their eight smallest hashes: of two with an index of 0.8, one pair in a
-- thousand shares fewer than three. What many share is set phrases, and would only make pairs without number.
smallest as (
    select report_id, year, unnest(signature[1:8]) as shingle from signed
),

shared as (
    select * from smallest
    qualify count(*) over (partition by year, shingle) between 2 and 50
),

neighbours as (
    select these.report_id, others.report_id as other_report_id
    from shared as these
    inner join shared as others
        on these.year = others.year and these.shingle = others.shingle and these.report_id != others.report_id
    group by these.report_id, others.report_id
    having count(*) >= 3
),

other_bodies as (
    select
        'X-TEXT-DUP' as check_code,
        these.report_id,
        others.agency_name as other,
        {{ similarity }} as similarity,
    from neighbours
    inner join signed as these on neighbours.report_id = these.report_id
    inner join signed as others on neighbours.other_report_id = others.report_id
    where these.agency_id is distinct from others.agency_id
),

nearest as (
    select * from last_year
    union all by name
    select * from other_bodies
    qualify row_number() over (partition by report_id, check_code order by similarity desc, other) = 1
),

-- A text with no neighbour is its own.
compared as (
    select report_id, check_code, other, similarity from nearest
    union all by name
    select report_id, 'X-TEXT-DUP' as check_code from signed
    anti join nearest on signed.report_id = nearest.report_id and nearest.check_code = 'X-TEXT-DUP'
),

judged as (
    select
        compared.report_id,
        reports.year,
        compared.check_code,
        'all' as applicant_type,
        if(compared.similarity >= checks.tolerance, 'fail', 'pass') as result,
        checks.tolerance as expected,
        compared.similarity::decimal(20, 4) as actual,
        (actual - expected)::decimal(20, 4) as difference,
        0 as blank_count,
        null::varchar[] as observation_ids,
        compared.other as detail_zh,
        compared.other as detail_en,
    from compared
    inner join reports on compared.report_id = reports.report_id
    inner join {{ ref('checks') }} as checks on compared.check_code = checks.check_code
    where reports.year in (select year from years_to_build)
)

select * from judged
