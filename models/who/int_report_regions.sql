{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select classified.document_id
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    where classified.document_class = 'annual_report'
),

scores as (
    select scores.*
    from {{ ref('int_report_region_scores') }} as scores
    inner join reports on scores.document_id = reports.document_id
),

regions as (
    select region_code, successor_code from {{ ref('int_region_places') }}
),

in_succession as (
    select
        scores.*,
        max(scores.validity_score) over (partition by scores.document_id) as best_validity,
        row_number() over (
            partition by scores.document_id, coalesce(heirs.successor_code, scores.successor_code, scores.region_code)
            order by scores.validity_score desc, scores.region_code desc
        ) as place_in_succession,
    from scores
    left join regions as heirs on scores.successor_code = heirs.region_code
),

-- What was not there in the report's year gives way to what was; of a county and its successor one is meant.
of_their_time as (
    select
        * replace (if(is_from_text, null, count(*) over (partition by document_id)) as candidate_count),
    from in_succession
    where place_in_succession = 1
        and (
            validity_score > {{ weight('name_of_other_years') }} or best_validity = {{ weight('name_of_other_years') }}
        )
),

ranked as (
    select
        *,
        rank() over (partition by document_id order by score desc) as score_rank,
        score - nth_value(score, 2) over (
            partition by document_id order by score desc
            rows between unbounded preceding and unbounded following
        ) as lead_over_next,
    from of_their_time
),

-- The best is the report's region where it is good enough, and better enough than the next; how much is enough depends
-- on what the name says already.
settled as (
    select
        *,
        case
            when is_placed_by_name or is_named_with_parents or score >= {{ weight('region_certain') }} then 'certain'
            else 'likely'
        end as region_strength,
        concat_ws(
            '；',
            case
                when is_placed_by_name then '上级地名同列'
                when is_named_with_parents then '他处与上级地名同列'
                when candidate_count = 1 then '全国仅此一处'
            end,
            '文中有' || parents_named,
            case when dialling_score > 0 then '区号' || area_code end,
            case when postcode_score > 0 then '邮编' || postcode end
        ) as region_evidence,
    from ranked
    where score_rank = 1
        and case
            when is_from_text
                then score >= {{ weight('region_from_text_least') }}
                    and coalesce(lead_over_next, score) >= {{ weight('region_lead') }}
            when is_placed_by_name and coalesce(lead_over_next >= {{ weight('region_placed_lead') }}, true) then true
            when not is_consistent
                then score >= {{ weight('region_inconsistent_least') }}
                    and coalesce(lead_over_next >= {{ weight('region_lead') }}, true)
            -- The only place of that name in the country, and nothing that speaks against it. The lists have townships
            -- from 2015 only: before, another of the name may have been there.
            when candidate_count = 1 and level_code = 'township'
                and coalesce(year, 0) < {{ weight('townships_listed') }}
                then parent_score + greatest(dialling_score, 0) + greatest(postcode_score, 0)
                    >= {{ weight('township_not_listed_least') }}
                    and dialling_score + postcode_score >= 0
            when candidate_count = 1 and (is_full_name or level_code in ('province', 'prefecture'))
                then is_named_with_parents or dialling_score + postcode_score >= 0
                    or parent_score >= {{ weight('parents_outweigh_codes') }}
            when candidate_count = 1 then score >= {{ weight('region_least') }}
            else score >= {{ weight('region_least') }}
                and coalesce(lead_over_next >= {{ weight('region_lead') }}, true)
        end
    qualify row_number() over (partition by document_id order by validity_score desc, region_code desc) = 1
),

-- Where the place stays open its level may still be plain.
levels_agreed as (
    select document_id, case when count(distinct level_code) = 1 then any_value(level_code) end as level_code
    from scores
    where not is_from_text and is_full_name
    group by document_id
),

described as (
    select
        reports.document_id,
        settled.region_code,
        settled.region_name,
        settled.region_strength,
        settled.region_evidence,
        coalesce(settled.level_code, levels_agreed.level_code) as level_code,
    from reports
    left join settled on reports.document_id = settled.document_id
    left join levels_agreed on reports.document_id = levels_agreed.document_id
)

select * from described
