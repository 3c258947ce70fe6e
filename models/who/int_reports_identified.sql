{{ config(materialized='by_document') }}

{# Whose report it is, of which place, level and year, of which period, published when; each with what says so. A weak
   hint never decides: what cannot be told stays NULL. #}
{%- set signs_of_sum = words('scope_rules', "scope = 'aggregate'", 'pattern') -%}
{%- set signs_of_own = words('scope_rules', "scope = 'own'", 'pattern') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select classified.document_id, documents.manifest_agency
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

forms as (
    select forms.*
    from {{ ref('int_forms_recognised') }} as forms
    inner join reports on forms.document_id = reports.document_id
),

texts as (
    select texts.*
    from {{ ref('int_report_texts') }} as texts
    inner join reports on texts.document_id = reports.document_id
),

chosen as (
    select chosen.*
    from {{ ref('int_agencies_chosen') }} as chosen
    inner join reports on chosen.document_id = reports.document_id
),

settled as (
    select settled.*
    from {{ ref('int_report_regions') }} as settled
    inner join reports on settled.document_id = reports.document_id
),

-- 甲州教育局 where its page or signature has the autonomous prefecture's name in full: that is its name.
names_in_full as (
    select distinct chosen.document_id, replace(chosen.name, chosen.own_form, settled.region_name) as name
    from chosen
    inner join settled on chosen.document_id = settled.document_id
    inner join (
        select document_id, phrase as said from {{ ref('int_agency_phrases') }}
        union all
        select document_id, hint from {{ ref('int_page_hints') }} where kind = 'publisher'
    ) as told on chosen.document_id = told.document_id
    where chosen.own_kind != 'full' and chosen.rest != ''
        and contains(told.said, settled.region_name || chosen.rest)
),

joined as (
    select
        reports.document_id,
        chosen.source as agency_source,
        chosen.phrase as agency_evidence,
        chosen.is_government,
        chosen.is_township,
        chosen.is_national,
        chosen.is_zone,
        chosen.agency_kind as kind_by_name,
        case
            when chosen.names_level_only then substr(chosen.rest, 2)
            -- A zone is its committee, be that named or not.
            when chosen.is_zone then replace(chosen.name, array_to_string(chosen.chain, ''), '')
            else chosen.rest
        end as agency_part,
        chosen.own_form,
        chosen.own_kind,
        chosen.has_no_place or len(chosen.codes) > 1 as may_be_of_many,
        settled.region_code,
        settled.region_name,
        settled.region_strength,
        settled.region_evidence,
        case
            when reports.manifest_agency is not null then reports.manifest_agency
            when chosen.is_national then chosen.name
            -- Whom to ask and who posted a page are hints of a department only where the report speaks as one.
            when chosen.source in ('contact', 'portal') and not chosen.is_township
                and not (
                    chosen.agency_kind = 'department'
                    and texts.department_self_count >= {{ weight('department_self') }}
                )
                then null
            -- A government is called by its place's full name.
            when chosen.own_kind != 'full' and chosen.is_government and settled.region_code is not null
                then replace(chosen.name, chosen.own_form, settled.region_name)
            when names_in_full.name is not null then names_in_full.name
            when not chosen.has_no_place then chosen.name
            -- The name lacks its place: the settled one stands before it.
            when settled.region_code is null then null
            when chosen.names_level_only then settled.region_name || substr(chosen.rest, 2)
            else settled.region_name || chosen.rest
        end as agency_name,
        case
            when chosen.level_by_kind is not null then chosen.level_by_kind
            when chosen.is_national then 'national'
            -- A zone stands at the level of the place that it is of; one that the lists have among townships is its county's.
            when chosen.is_zone and settled.level_code = 'township' then 'county'
            when chosen.is_zone and settled.level_code is not null then settled.level_code
            when chosen.is_unlisted then 'township'
            when settled.level_code is not null then settled.level_code
            else levels.level_code
        end as level_code,
        texts.department_self_count,
        texts.opening,
    from reports
    inner join settled on reports.document_id = settled.document_id
    left join texts on reports.document_id = texts.document_id
    left join chosen on reports.document_id = chosen.document_id
    left join names_in_full on reports.document_id = names_in_full.document_id
    left join {{ ref('levels') }} as levels
        on list_contains(string_split(levels.said_by, ';'), substr(chosen.rest, 1, 1))
),

identified as (
    select
        joined.document_id,
        joined.agency_name,
        case
            when joined.agency_name is not null then joined.kind_by_name
            when joined.department_self_count >= {{ weight('department_self') }} then 'department'
        end as agency_kind,
        joined.region_code,
        joined.level_code,
        dates.year,
        dates.period_start,
        dates.period_end,
        dates.period_basis,
        dates.published_on,
        dates.published_at,
        forms.form,
        case
            -- A township has no bodies below it that report.
            when joined.kind_by_name = 'government' and joined.is_township then 'own'
            when regexp_matches(joined.opening, '{{ signs_of_sum }}') then 'aggregate'
            when joined.kind_by_name in ('department', 'other') then 'own'
            when regexp_matches(joined.opening, '{{ signs_of_own }}') then 'own'
        end as scope,
        coalesce(
            joined.agency_name is not null and joined.region_code is null and not joined.is_national
            and joined.may_be_of_many, false
        ) as is_one_of_many,
        -- One body keeps its id over the years, be it named with its city or without. A name that several places bear, or
        -- that holds none, makes no body of two reports.
        case
            when joined.agency_name is null then null
            when is_one_of_many then concat_ws(' ', joined.agency_name, joined.document_id)
            when joined.region_code is null then joined.agency_name
            when joined.is_government and not joined.is_zone then joined.region_code || '|人民政府'
            when joined.agency_part != '' then joined.region_code || '|' || joined.agency_part
            else joined.region_code || '|' || joined.agency_name
        end as agency_key,
        joined.agency_source,
        joined.agency_evidence,
        case
            when joined.agency_name is null then null
            when sources.is_certain then 'certain'
            else 'likely'
        end as agency_strength,
        joined.region_evidence,
        joined.region_strength,
        dates.year_evidence,
        case
            when dates.year is null then null
            when dates.year_strength >= {{ weight('year_is_certain') }} then 'certain'
            else 'likely'
        end as year_strength,
        dates.year_contradicted_by,
        dates.published_evidence,
    from joined
    left join {{ ref('agency_sources') }} as sources on joined.agency_source = sources.source
    left join forms on joined.document_id = forms.document_id
    left join dates on joined.document_id = dates.document_id
)

select * from identified
