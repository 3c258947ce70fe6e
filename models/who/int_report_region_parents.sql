{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

candidates as (
    select candidates.*
    from {{ ref('int_report_region_candidates') }} as candidates
    inner join documents_to_build on candidates.document_id = documents_to_build.document_id
),

regions as (
    select * from {{ ref('int_region_places') }}
),

region_ancestors as (
    select * from {{ ref('int_region_ancestors') }}
),

-- How often each place is named, by whatever name.
mentions as (
    select places.document_id, places.region_code, max(places.mention_count) as mention_count
    from {{ ref('int_report_places') }} as places
    inner join documents_to_build on places.document_id = documents_to_build.document_id
    group by places.document_id, places.region_code
),

parents_scored as (
    select
        candidates.document_id,
        candidates.region_code,
        regions.name,
        regions.level_code,
        least(mentions.mention_count - 1, {{ weight('parent_again_most') }}) as further_mentions,
        case
            when regions.level_code = 'county'
                then {{ weight('parent_county') }} + further_mentions * {{ weight('parent_county_again') }}
            when regions.level_code = 'prefecture'
                then {{ weight('parent_prefecture') }} + further_mentions * {{ weight('parent_prefecture_again') }}
            -- A municipality stands right above its districts.
            when regions.level_code = 'province' and regions.name like '%市' then {{ weight('parent_municipality') }}
            when regions.level_code = 'province' then {{ weight('parent_province') }}
        end as score,
    from candidates
    inner join region_ancestors on candidates.region_code = region_ancestors.region_code
    inner join mentions
        on candidates.document_id = mentions.document_id and region_ancestors.ancestor_code = mentions.region_code
    inner join regions on mentions.region_code = regions.region_code
),

-- The best of each level counts.
parents_mentioned as (
    select
        document_id,
        region_code,
        coalesce(max(score) filter (where level_code = 'county'), 0)
        + coalesce(max(score) filter (where level_code = 'prefecture'), 0)
        + coalesce(max(score) filter (where level_code = 'province'), 0) as score,
        string_agg(distinct name, '、' order by name) as names,
    from parents_scored
    group by document_id, region_code
),

-- Where a name leaves several places open, the short names of what they lie in count a little too: 中国甲, “乙发布”.
open_texts as (
    select lines.document_id, string_agg(lines.line, '。') as text
    from {{ ref('int_document_lines') }} as lines
    where lines.document_id in (
        select document_id from candidates
        where candidate_count > 1 and not is_placed_by_name and not is_from_text
    )
    group by lines.document_id
),

short_names_mentioned as (
    select
        candidates.document_id,
        candidates.region_code,
        max(
            case
                when regions.level_code = 'county' then {{ weight('parent_county_short_name') }}
                else {{ weight('parent_prefecture_short_name') }}
            end
            + case
                when len(string_split(open_texts.text, regions.short_name)) > 2
                    then {{ weight('parent_short_name_again') }}
                else 0
            end
        ) as score,
    from candidates
    inner join open_texts on candidates.document_id = open_texts.document_id
    inner join region_ancestors on candidates.region_code = region_ancestors.region_code
    inner join regions on region_ancestors.ancestor_code = regions.region_code
    where regions.level_code in ('county', 'prefecture')
        and length(regions.short_name) >= 2
        and contains(open_texts.text, regions.short_name)
    group by candidates.document_id, candidates.region_code
),

parents as (
    select
        coalesce(parents_mentioned.document_id, short_names_mentioned.document_id) as document_id,
        coalesce(parents_mentioned.region_code, short_names_mentioned.region_code) as region_code,
        parents_mentioned.names as parents_named,
        coalesce(parents_mentioned.score, short_names_mentioned.score) as parent_score,
    from parents_mentioned
    full join short_names_mentioned
        on parents_mentioned.document_id = short_names_mentioned.document_id
        and parents_mentioned.region_code = short_names_mentioned.region_code
)

select * from parents
