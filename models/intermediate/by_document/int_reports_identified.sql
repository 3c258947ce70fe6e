{# Whose report it is, of which place, level and year, of which period, published when; each with what says so. A weak
   hint never decides: what cannot be told stays NULL. #}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select classified.document_id, classified.title, documents.manifest_agency
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    inner join {{ ref('stg_raw__documents') }} as documents on classified.document_id = documents.document_id
    where classified.document_class = 'annual_report'
),

dates as (
    select dates.*
    from {{ ref('int_report_dates') }} as dates
    inner join reports on dates.document_id = reports.document_id
),

readings as (
    select readings.*
    from {{ ref('int_agency_readings') }} as readings
    inner join reports on readings.document_id = reports.document_id
),

forms as (
    select forms.*
    from {{ ref('int_forms_recognised') }} as forms
    inner join reports on forms.document_id = reports.document_id
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

lines as (
    select lines.*
    from {{ ref('int_document_lines') }} as lines
    inner join reports on lines.document_id = reports.document_id
),

{# --- which name --- #}
texts as (
    select
        document_id,
        string_agg(line, '。' order by line_no) filter (where line_no <= 10 and not is_about_page) as opening,
        string_agg(line, '。' order by line_no) as all_lines,
        -- How the report speaks of itself: 我局, 本委, 我镇.
        sum(len(regexp_extract_all(line, '[我本][局委厅]|[我本]办(?:公室)?')))::integer as department_self_count,
    from lines
    group by document_id
),

titles_read as (
    select document_id, codes, rest, names_level_only, chain
    from readings
    where source in ('manifest', 'title')
    qualify row_number() over (partition by document_id order by source_rank, phrase_no) = 1
),

-- X县2016年政府信息公开年报 may be the government's, or be signed by 县水利局 or by one of its towns.
ranked_readings as (
    select
        readings.*,
        readings.source in ('title', 'property', 'file_name')
        and readings.is_government and not readings.is_township and readings.rest = '' as is_implied_government,
        titles_read.names_level_only as title_names_level_only,
        titles_read.rest as title_rest,
        titles_read.codes as title_codes,
        texts.department_self_count,
    from readings
    inner join texts on readings.document_id = texts.document_id
    left join titles_read on readings.document_id = titles_read.document_id
),

overruling_signatures as (
    select distinct signature.document_id, signature.phrase_no
    from ranked_readings as signature
    inner join ranked_readings as implied
        on signature.document_id = implied.document_id and implied.is_implied_government
    left join region_ancestors
        on signature.codes[1] = region_ancestors.region_code
        and list_contains(implied.codes, region_ancestors.ancestor_code)
    where signature.source in ('signature', 'form_header')
        and (
            -- the same place's department that says 我局
            signature.department_self_count >= 2
            and not signature.is_government
            and list_has_any(signature.codes, implied.codes)
            and not regexp_matches(signature.name, '政府.{0,6}办')
            -- a place within it
            or signature.is_government and region_ancestors.region_code is not null
        )
),

chosen_readings as (
    select
        readings.*,
        overruling.document_id is not null as is_overruling,
        -- 市气象局 in the title and 宣城市气象局 below it are one body.
        not coalesce(readings.title_names_level_only, false)
        or readings.rest = substr(readings.title_rest, 2)
        or readings.rest = readings.title_rest as agrees_with_title,
    from ranked_readings as readings
    left join overruling_signatures as overruling
        on readings.document_id = overruling.document_id and readings.phrase_no = overruling.phrase_no
    where readings.is_national
        or len(readings.chain) > 0
        or readings.source in ('title', 'manifest', 'signature', 'property')
    qualify row_number() over (
        partition by readings.document_id
        order by
            readings.source != 'manifest',
            not is_overruling,
            len(readings.chain) = 0 and not readings.is_national and not readings.names_level_only,
            not agrees_with_title,
            len(readings.chain) = 0 and not readings.is_national,
            readings.source_rank,
            readings.phrase_no
    ) = 1
),

{# --- which place --- #}
dialled as (
    select
        document_id,
        mode(area_code) as area_code,
        mode(postcode) as postcode,
    from (
        select
            document_id,
            nullif(regexp_extract(all_lines, '(?:^|[^\d])（?(010|02\d|0[3-9]\d\d)）?[-—–~ ]{0,2}[1-9]\d{6,7}(?:\D|$)', 1), '') as area_code,
            nullif(regexp_extract(all_lines, '邮(?:政)?编(?:码)?[^\d。]{0,4}(\d{6})(?:\D|$)', 1), '') as postcode,
        from texts
    )
    group by document_id
),

-- What the name itself leaves open; where there is no place in it, the places of the level that it names, or that a
-- department speaks of, as far as the report names them.
candidates as (
    select
        chosen.document_id,
        unnest(chosen.codes) as region_code,
        len(chosen.codes) as candidate_count,
        chosen.own_form,
        chosen.own_kind = 'full' as is_full_name,
        len(chosen.chain) > 1 and chosen.is_consistent as is_placed_by_name,
        chosen.is_consistent,
        false as is_from_text,
    from chosen_readings as chosen
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
    left join chosen_readings as chosen on places_named.document_id = chosen.document_id
    inner join regions on places_named.region_code = regions.region_code
    where coalesce(len(chosen.chain) = 0 and not chosen.is_national, true)
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

-- Places of a report by code, best count: 上海市 names both the municipality and nothing else.
mentions as (
    select document_id, region_code, max(mention_count) as mention_count
    from places_named
    group by document_id, region_code
),

parents_mentioned as (
    select
        candidates.document_id,
        candidates.region_code,
        max(case regions.level_code when 'county' then 2.0 when 'prefecture' then 1.5 else 1.0 end
            + least(mentions.mention_count - 1, 2) * 0.5)
        filter (where regions.level_code = 'county') as county_score,
        max(1.5 + least(mentions.mention_count - 1, 2) * 0.25) filter (where regions.level_code = 'prefecture') as prefecture_score,
        max(1.0) filter (where regions.level_code = 'province') as province_score,
        string_agg(distinct regions.name, '、') as names,
    from candidates
    inner join region_ancestors on candidates.region_code = region_ancestors.region_code
    inner join mentions
        on candidates.document_id = mentions.document_id and region_ancestors.ancestor_code = mentions.region_code
    inner join regions on mentions.region_code = regions.region_code
    group by candidates.document_id, candidates.region_code
),

scored as (
    select
        candidates.*,
        regions.name as region_name,
        regions.level_code,
        coalesce(prefecture_dialling.area_code, province_dialling.area_code) as area_code_there,
        coalesce(prefecture_dialling.postcode, province_dialling.postcode) as postcode_there,
        dialled.area_code,
        dialled.postcode,
        parents_mentioned.names as parents_named,
        named_with_parents.region_code is not null as is_named_with_parents,
        coalesce(parents_mentioned.county_score, 0)
        + coalesce(parents_mentioned.prefecture_score, 0)
        + coalesce(parents_mentioned.province_score, 0) as parent_score,
        case
            when dialled.area_code is null or area_code_there is null then 0
            when dialled.area_code = area_code_there then 3
            else -4
        end as dialling_score,
        case
            when dialled.postcode is null or coalesce(postcode_there, '') = '' then 0
            when left(dialled.postcode, 4) = left(postcode_there, 4) then 2
            when left(dialled.postcode, 3) = left(postcode_there, 3) then 1.5
            when left(dialled.postcode, 2) = left(postcode_there, 2) then 0.5
            else -3
        end as postcode_score,
        case
            when dates.year is null then 0
            when dates.year between coalesce(regions.valid_from_year, 0) and coalesce(regions.valid_to_year, 9999) then 0
            when dates.year between coalesce(regions.valid_from_year, 0) - 1 and coalesce(regions.valid_to_year, 9999) + 1 then -0.5
            else -3
        end as validity_score,
        case
            when candidates.is_from_text
                then 1.0 + least(coalesce(mentions.mention_count, 0), 3)
                    -- The lowest of the places named is the report's, as long as others bear it out.
                    + case regions.level_code when 'county' then 1.0 when 'prefecture' then 0.0 else -1.0 end
            else 0
        end as mention_score,
    from candidates
    inner join regions on candidates.region_code = regions.region_code
    left join dates on candidates.document_id = dates.document_id
    left join dialled on candidates.document_id = dialled.document_id
    left join dialling as prefecture_dialling
        on coalesce(regions.prefecture_code, regions.county_code, regions.region_code) = prefecture_dialling.region_code
    left join dialling as province_dialling on regions.province_code = province_dialling.region_code
    left join parents_mentioned
        on candidates.document_id = parents_mentioned.document_id and candidates.region_code = parents_mentioned.region_code
    left join named_with_parents
        on candidates.document_id = named_with_parents.document_id
        and candidates.own_form = named_with_parents.own_form
        and candidates.region_code = named_with_parents.region_code
    left join mentions
        on candidates.document_id = mentions.document_id and candidates.region_code = mentions.region_code
),

totaled as (
    select
        *,
        is_named_with_parents::integer * 8 + parent_score + dialling_score + postcode_score + validity_score + mention_score as score,
        max(score) over (partition by document_id) as best_score,
        nth_value(score, 2) over (
            partition by document_id order by score desc
            rows between unbounded preceding and unbounded following
        ) as second_score,
    from scored
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
            -- The only place of that name in the country, and nothing that speaks against it.
            when candidate_count = 1 and is_full_name then is_named_with_parents or dialling_score + postcode_score >= 0 or parent_score >= 2
            when candidate_count = 1 then score >= 1.5
            else score >= 2 and score - coalesce(second_score, -99) >= 1.5
        end
    qualify row_number() over (partition by document_id order by validity_score desc, region_code desc) = 1
),

-- Where the place stays open its level may still be plain.
levels_agreed as (
    select document_id, case when count(distinct level_code) = 1 then any_value(level_code) end as level_code
    from scored
    where not is_from_text
    group by document_id
),

{# --- put together --- #}
joined as (
    select
        reports.document_id,
        chosen.source as agency_source,
        chosen.phrase as agency_evidence,
        chosen.is_government,
        chosen.is_township,
        chosen.is_national,
        chosen.agency_kind as kind_by_name,
        case when chosen.names_level_only then substr(chosen.rest, 2) else chosen.rest end as agency_part,
        chosen.own_form,
        chosen.own_kind,
        settled.region_code,
        settled.region_name,
        settled.region_strength,
        settled.region_evidence,
        case
            when reports.manifest_agency is not null then reports.manifest_agency
            when chosen.is_national then chosen.name
            when chosen.source in ('contact', 'portal') and not chosen.is_township then null
            when len(chosen.chain) > 0 and chosen.own_kind = 'short' and chosen.is_government
                then replace(chosen.name, chosen.own_form || '人民政府', settled.region_name || '人民政府')
            when len(chosen.chain) > 0 then chosen.name
            -- The name lacks its place: the settled one stands before it.
            when settled.region_code is null then null
            when chosen.names_level_only then settled.region_name || substr(chosen.rest, 2)
            else settled.region_name || chosen.rest
        end as agency_name,
        case
            when regexp_matches(chosen.name, '(村|社区).{0,2}(委员会|村委会|居委会)$') then 'village'
            when chosen.is_national then 'national'
            when chosen.agency_kind = 'government' and not chosen.is_government and settled.region_code is not null
                then case regions.level_code when 'province' then 'prefecture' when 'township' then 'township' else 'county' end
            when settled.region_code is not null then regions.level_code
            when levels_agreed.level_code is not null then levels_agreed.level_code
            when regexp_matches(chosen.rest, '^[县旗区]') then 'county'
            when regexp_matches(chosen.rest, '^省') then 'province'
            when regexp_matches(chosen.rest, '^州') then 'prefecture'
            -- 临江镇人民政府 of a county that no list has under this name.
            when regexp_matches(chosen.name, '[镇乡](人民)?政府$|苏木(人民政府)?$|街道办事处$') then 'township'
        end as level_code,
        texts.department_self_count,
        texts.opening,
    from reports
    inner join texts on reports.document_id = texts.document_id
    left join chosen_readings as chosen on reports.document_id = chosen.document_id
    left join settled on reports.document_id = settled.document_id
    left join regions on settled.region_code = regions.region_code
    left join levels_agreed on reports.document_id = levels_agreed.document_id
),

identified as (
    select
        joined.document_id,
        joined.agency_name,
        case
            when joined.agency_name is not null then joined.kind_by_name
            when joined.department_self_count >= 2 then 'department'
        end as agency_kind,
        joined.region_code,
        joined.level_code,
        dates.year,
        dates.period_start,
        dates.period_end,
        dates.period_basis,
        dates.published_on,
        forms.form,
        case
            when regexp_matches(
                joined.opening,
                '汇总|综合各|汇编|本行政区域|全[省市县区州旗](各级|各部门|行政机关|政府系统|各乡|各镇|各街)|各(乡|镇|街道)[^。]{0,30}(情况|报告|数据)[^。]{0,10}编'
            ) then 'aggregate'
            when joined.kind_by_name = 'government' and joined.is_township then 'own'
            when joined.kind_by_name in ('department', 'other') then 'own'
            when regexp_matches(joined.opening, '本级') then 'own'
        end as scope,
        -- One body keeps its id over the years however its name is written: 东宝区财政局, 荆门市东宝区财政局.
        case
            when joined.agency_name is null then null
            when joined.region_code is null then joined.agency_name
            when joined.is_government then joined.region_code || '|人民政府'
            when joined.agency_part != '' then joined.region_code || '|' || joined.agency_part
            else joined.region_code || '|' || joined.agency_name
        end as agency_key,
        joined.agency_source,
        joined.agency_evidence,
        case
            when joined.agency_name is null then null
            when joined.agency_source in ('manifest', 'title', 'signature', 'form_header') then 'certain'
            else 'likely'
        end as agency_strength,
        joined.region_evidence,
        joined.region_strength,
        dates.year_evidence,
        case when dates.year is null then null when dates.year_strength >= 6 then 'certain' else 'likely' end as year_strength,
        dates.year_contradicted_by,
        dates.published_evidence,
    from joined
    left join forms on joined.document_id = forms.document_id
    left join dates on joined.document_id = dates.document_id
)

select * from identified
