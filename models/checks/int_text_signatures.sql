{{ config(materialized='by_document') }}

{#- Figures go, then each name in turn. -#}
{%- set mask = namespace(
    text="regexp_replace(blocks.text_regular, '[\\s\\d〇零一二三四五六七八九十百千万.٬%]+', '', 'g')"
) -%}
{%- for name in ['agency_name', 'name', 'county_name', 'prefecture_name', 'province_name', 'short_name'] -%}
    {%- set mask.text = "replace(" ~ mask.text ~ ",\n            coalesce(names." ~ name ~ ", ''), '')" -%}
{%- endfor -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select reports.*
    from {{ ref('int_reports_identified') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
),

regions as (
    select * from {{ ref('dim_region') }}
),

blocks as (
    select blocks.*
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    where blocks.kind in ('heading', 'paragraph')
),

-- What a copy would change is taken out: figures, the body's own name, and the names of the places above it.
names as (
    select
        reports.document_id,
        reports.agency_name,
        regions.name,
        regions.county_name,
        regions.prefecture_name,
        regions.province_name,
        nullif(left(regions.short_name, nullif(length(regions.short_name), 1)), '') as short_name,
    from reports
    left join regions on reports.region_code = regions.region_code
),

masked as (
    select
        blocks.document_id,
        {{ mask.text }} as text,
    from blocks
    inner join names on blocks.document_id = names.document_id
),

-- A shingle is a clause: whoever copies a report keeps its clauses.
clauses as (
    select document_id, unnest(regexp_split_to_array(text, '[，。；：！？、（）“”]+')) as clause from masked
),

shingles as (
    select distinct document_id, hash(clause) as shingle from clauses
    where length(clause) >= 6
),

-- The 64 smallest hashes are a fair sample of any union of texts (bottom-k MinHash).
signatures as (
    select
        document_id,
        count(*) as shingle_count,
        min(shingle, 64) as signature,
    from shingles
    group by document_id
)

select * from signatures
