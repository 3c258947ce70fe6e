{{ config(materialized='by_document') }}

{# The region of each report: what its agency's name leaves open is settled by the places that the report names, its
   telephone area code and its postcode. NULL where they do not settle it; `level_code` where all candidates agree. #}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select classified.document_id
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    where classified.document_class = 'annual_report'
),

chosen as (
    select chosen.*
    from {{ ref('int_agencies_chosen') }} as chosen
    inner join reports on chosen.document_id = reports.document_id
),

readings as (
    select readings.*
    from {{ ref('int_agency_readings') }} as readings
    inner join reports on readings.document_id = reports.document_id
),

texts as (
    select texts.*
    from {{ ref('int_report_texts') }} as texts
    inner join reports on texts.document_id = reports.document_id
),

dates as (
    select dates.*
    from {{ ref('int_report_dates') }} as dates
    inner join reports on dates.document_id = reports.document_id
),

places_named as (
    select places.*
    from {{ ref('int_report_places') }} as places
    inner join reports on places.document_id = reports.document_id
),

regions as (
    select * from {{ ref('int_region_places') }}
),

region_ancestors as (
    select * from {{ ref('int_region_ancestors') }}
),

region_names as (
    select * from {{ ref('int_region_names') }}
),

dialling as (
    select * from {{ ref('dialling') }}
),

-- What the name itself leaves open; where there is no place in it, the places of the level that it names, or that a
-- department speaks of, as far as the report names them.
candidates as (
    select
        chosen.document_id,
        unnest(chosen.codes) as region_code,
        len(chosen.codes) as candidate_count,
        chosen.own_form,
        chosen.own_kind != 'short' as is_full_name,
        len(chosen.chain) > 1 and chosen.is_consistent as is_placed_by_name,
        chosen.is_consistent,
        false as is_from_text,
    from chosen
    where len(chosen.chain) > 0
    union all
    select
        places_named.document_id,
        places_named.region_code,
        99,
        places_named.form,
        true,
        false,
        true,
        true,
    from places_named
    inner join texts on places_named.document_id = texts.document_id
    left join chosen on places_named.document_id = chosen.document_id
    inner join regions on places_named.region_code = regions.region_code
    where coalesce(chosen.has_no_place, true)
        and (chosen.document_id is not null or texts.department_self_count >= 2)
        and case left(chosen.rest, 1)
            when '县' then regions.level_code = 'county'
            when '区' then regions.level_code = 'county'
            when '旗' then regions.level_code = 'county'
            when '州' then regions.level_code = 'prefecture'
            when '省' then regions.level_code = 'province'
            when '市' then regions.level_code != 'province' or regions.name like '%市'
            else true
        end
),

-- Another phrase of the report that names the same place together with what it lies in.
named_with_parents as (
    select distinct document_id, own_form, unnest(codes) as region_code
    from readings
    where len(chain) > 1 and is_consistent
),

-- How often each place is named, by whatever name.
mentions as (
    select document_id, region_code, max(mention_count) as mention_count
    from places_named
    group by document_id, region_code
),

parents_mentioned as (
    select
        candidates.document_id,
        candidates.region_code,
        max(2.0 + least(mentions.mention_count - 1, 2) * 0.5)
            filter (where regions.level_code = 'county') as county_score,
        max(1.5 + least(mentions.mention_count - 1, 2) * 0.25)
            filter (where regions.level_code = 'prefecture') as prefecture_score,
        -- A municipality stands right above its districts.
        max(case when regions.name like '%市' then 1.5 else 1.0 end)
            filter (where regions.level_code = 'province') as province_score,
        string_agg(distinct regions.name, '、' order by regions.name) as names,
    from candidates
    inner join region_ancestors on candidates.region_code = region_ancestors.region_code
    inner join mentions
        on candidates.document_id = mentions.document_id and region_ancestors.ancestor_code = mentions.region_code
    inner join regions on mentions.region_code = regions.region_code
    group by candidates.document_id, candidates.region_code
),

-- The place whose government runs the site, or is the site's name.
sites as (
    select distinct page_hints.document_id, region_names.region_code
    from {{ ref('int_page_hints') }} as page_hints
    inner join reports on page_hints.document_id = reports.document_id
    inner join region_names on regexp_extract(page_hints.hint, '^(\p{Han}{2,16}?)人民政府', 1) = region_names.form
    where page_hints.kind in ('publisher', 'page_title', 'breadcrumb') and region_names.form_kind = 'full'
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
            case when regions.level_code = 'county' then 1.5 else 1.0 end
            + case when len(string_split(open_texts.text, regions.short_name)) > 2 then 0.5 else 0 end
        ) as short_name_score,
    from candidates
    inner join open_texts on candidates.document_id = open_texts.document_id
    inner join region_ancestors on candidates.region_code = region_ancestors.region_code
    inner join regions on region_ancestors.ancestor_code = regions.region_code
    where regions.level_code in ('county', 'prefecture')
        and length(regions.short_name) >= 2
        and contains(open_texts.text, regions.short_name)
    group by candidates.document_id, candidates.region_code
),

scored as (
    select
        candidates.*,
        regions.name as region_name,
        regions.level_code,
        -- The years of the name: a code may have been another place's before.
        coalesce(names.valid_from_year, 0) as valid_from,
        coalesce(names.valid_to_year, 9999) as valid_to,
        coalesce(prefecture_dialling.area_code, province_dialling.area_code) as area_code_there,
        coalesce(prefecture_dialling.postcode, province_dialling.postcode) as postcode_there,
        texts.area_code,
        texts.postcode,
        dates.year,
        parents_mentioned.names as parents_named,
        named_with_parents.region_code is not null as is_named_with_parents,
        coalesce(parents_mentioned.county_score, 0)
        + coalesce(parents_mentioned.prefecture_score, 0)
        + coalesce(parents_mentioned.province_score, 0)
        + case when parents_mentioned.names is null then coalesce(short_names_mentioned.short_name_score, 0) else 0 end
            as parent_score,
        case
            when texts.area_code is null or area_code_there is null then 0
            when texts.area_code = area_code_there then 3
            else -4
        end as dialling_score,
        case
            when texts.postcode is null or coalesce(postcode_there, '') = '' then 0
            when left(texts.postcode, 4) = left(postcode_there, 4) then 2
            when left(texts.postcode, 3) = left(postcode_there, 3) then 1.5
            when left(texts.postcode, 2) = left(postcode_there, 2) then 0.5
            else -3
        end as postcode_score,
        case
            when dates.year is null then 0
            when dates.year between valid_from and valid_to then 0
            when dates.year between valid_from - 1 and valid_to + 1 then -0.5
            else -3
        end as validity_score,
        case
            when candidates.is_from_text
                then 1.0 + least(coalesce(mentions.mention_count, 0), 3)
                    -- The lowest of the places named is the report's, as long as others bear it out.
                    + case regions.level_code when 'county' then 1.0 when 'prefecture' then 0.0 else -1.0 end
                    + case when sites.region_code is null then 0 else 3.0 end
            -- 某高新区 and the same place by its full name (某市) are one.
            when not candidates.is_full_name and mentions.mention_count is not null then 2.0
            else 0
        end as mention_score,
    from candidates
    inner join regions on candidates.region_code = regions.region_code
    left join region_names as names
        on candidates.own_form = names.form and candidates.region_code = names.region_code
    left join dates on candidates.document_id = dates.document_id
    inner join texts on candidates.document_id = texts.document_id
    left join dialling as prefecture_dialling
        on coalesce(regions.prefecture_code, regions.county_code, regions.region_code) = prefecture_dialling.region_code
    left join dialling as province_dialling on regions.province_code = province_dialling.region_code
    left join parents_mentioned
        on candidates.document_id = parents_mentioned.document_id
        and candidates.region_code = parents_mentioned.region_code
    left join sites
        on candidates.document_id = sites.document_id and candidates.region_code = sites.region_code
    left join short_names_mentioned
        on candidates.document_id = short_names_mentioned.document_id
        and candidates.region_code = short_names_mentioned.region_code
    left join named_with_parents
        on candidates.document_id = named_with_parents.document_id
        and candidates.own_form = named_with_parents.own_form
        and candidates.region_code = named_with_parents.region_code
    left join mentions
        on candidates.document_id = mentions.document_id and candidates.region_code = mentions.region_code
),

-- What was not there in the report's year gives way to what was; of a county and its successor one is meant.
of_their_time as (
    select * replace (
        case when is_from_text then candidate_count else count(*) over (partition by document_id) end as candidate_count
    )
    from (
        select
            scored.*,
            max(scored.validity_score) over (partition by scored.document_id) as best_validity,
            row_number() over (
                partition by
                    scored.document_id,
                    coalesce(heirs.successor_code, regions.successor_code, scored.region_code)
                order by scored.validity_score desc, scored.region_code desc
            ) as place_in_succession,
        from scored
        left join regions on scored.region_code = regions.region_code
        left join regions as heirs on regions.successor_code = heirs.region_code
    )
    where place_in_succession = 1 and (validity_score > -3 or best_validity = -3)
),

totaled as (
    select
        *,
        is_named_with_parents::integer * 8
        + parent_score
        + dialling_score
        + postcode_score
        + validity_score
        + mention_score as score,
        max(score) over (partition by document_id) as best_score,
        nth_value(score, 2) over (
            partition by document_id order by score desc
            rows between unbounded preceding and unbounded following
        ) as second_score,
    from of_their_time
),

settled as (
    select
        *,
        case
            when is_placed_by_name then 'certain'
            when is_named_with_parents or score >= 5 then 'certain'
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
    from totaled
    where score = best_score
        and case
            when is_from_text then score >= 6 and score - coalesce(second_score, 0) >= 1.5
            when is_placed_by_name and score - coalesce(second_score, -99) >= 0.5 then true
            when not is_consistent then score >= 3 and score - coalesce(second_score, -99) >= 1.5
            -- The only place of that name in the country, and nothing that speaks against it. The lists have townships
            -- from 2015 only: before, another of the name may have been there.
            when candidate_count = 1 and level_code = 'township' and coalesce(year, 0) < 2015
                then parent_score + greatest(dialling_score, 0) + greatest(postcode_score, 0) >= 1
                    and dialling_score + postcode_score >= 0
            when candidate_count = 1 and (is_full_name or level_code in ('province', 'prefecture'))
                then is_named_with_parents or dialling_score + postcode_score >= 0 or parent_score >= 2
            when candidate_count = 1 then score >= 1.5
            else score >= 1.5 and score - coalesce(second_score, -99) >= 1.5
        end
    qualify row_number() over (partition by document_id order by validity_score desc, region_code desc) = 1
),

-- Where the place stays open its level may still be plain.
levels_agreed as (
    select document_id, case when count(distinct level_code) = 1 then any_value(level_code) end as level_code
    from scored
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
