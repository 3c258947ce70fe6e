{{ config(materialized='by_document') }}

{# One row a report with a name in it: the phrase that names its agency, chosen among all that may. #}
{%- set branch = words('agency_endings', "kind = 'branch'", 'ending') -%}
{%- set office_of_government = words('agency_rules', "rule_id = 'office_of_government'", 'pattern') -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select classified.document_id
    from {{ ref('int_documents_classified') }} as classified
    inner join documents_to_build on classified.document_id = documents_to_build.document_id
    where classified.document_class = 'annual_report'
),

readings as (
    select readings.*
    from {{ ref('int_agency_readings') }} as readings
    inner join reports on readings.document_id = reports.document_id
),

region_ancestors as (
    select * from {{ ref('int_region_ancestors') }}
),

texts as (
    select texts.*
    from {{ ref('int_report_texts') }} as texts
    inner join reports on texts.document_id = reports.document_id
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
    where signature.source in ('signature', 'form_header', 'site')
        and (
            -- the same place's department that says 我局
            signature.department_self_count >= {{ weight('department_self') }}
            and not signature.is_government
            and list_has_any(signature.codes, implied.codes)
            and not regexp_matches(signature.name, '{{ office_of_government }}')
            -- a place within it
            or signature.is_government and region_ancestors.region_code is not null
        )
),

-- 甲分局 and 甲公安分局 are the branch that the report calls 乙市公安局甲分局 elsewhere.
branches_in_full as (
    select distinct branch.document_id, in_full.phrase_no
    from ranked_readings as branch
    inner join ranked_readings as in_full
        on branch.document_id = in_full.document_id
        and regexp_matches(in_full.rest, '{{ branch }}$')
        -- The rest but its ending, and the place's name, short or long, are in the full one.
        and contains(in_full.rest, regexp_replace(branch.rest, '{{ branch }}$', ''))
        and (
            contains(in_full.rest, branch.own_form)
            or contains(in_full.rest, left(branch.own_form, greatest(length(branch.own_form) - 1, 2)))
        )
    where branch.source in ('title', 'contact') and len(branch.chain) = 1
        and regexp_matches(branch.rest, '{{ branch }}$')
        and len(in_full.chain) > 0
),

-- 某市人社局 in the title is what the opening or the signature calls 某市人力资源和社会保障局: the same place, and the
-- characters of the short name in their order, others between them.
titles_in_full as (
    select distinct short.document_id, in_full.phrase_no
    from ranked_readings as short
    inner join ranked_readings as in_full
        on short.document_id = in_full.document_id
        and short.chain = in_full.chain
        and regexp_full_match(
            in_full.rest,
            array_to_string([regexp_escape(each) for each in string_split(short.rest, '')], '\p{Han}*') || '(员会)?'
        )
        -- 农业局 is no short name of 农业农村局, but 工商局 is one of 工商行政管理局.
        and (
            not contains(in_full.rest, rtrim(short.rest, '局委办'))
            or regexp_full_match(
                in_full.rest, regexp_escape(rtrim(short.rest, '局委办')) || '(行政|监督|管理|执法)+局'
            )
        )
    where short.source = 'title' and len(short.chain) > 0 and not short.is_government and length(short.rest) >= 3
        and in_full.source in ('preamble', 'signature', 'signature_above', 'form_header')
),

chosen as (
    select
        readings.*,
        overruling.document_id is not null as is_overruling,
        len(readings.chain) = 0 and not readings.is_national and not readings.is_unlisted
        and not readings.is_zone as has_no_place,
        -- 市气象局 in the title and the same with its city below are one body.
        not coalesce(readings.title_names_level_only, false)
        or readings.rest = substr(readings.title_rest, 2)
        or readings.rest = readings.title_rest as agrees_with_title,
    from ranked_readings as readings
    inner join {{ ref('agency_sources') }} as sources on readings.source = sources.source
    left join overruling_signatures as overruling
        on readings.document_id = overruling.document_id and readings.phrase_no = overruling.phrase_no
    left join branches_in_full
        on readings.document_id = branches_in_full.document_id and readings.phrase_no = branches_in_full.phrase_no
    left join titles_in_full
        on readings.document_id = titles_in_full.document_id and readings.phrase_no = titles_in_full.phrase_no
    where readings.is_national
        or readings.is_unlisted
        or len(readings.chain) > 0
        or sources.names_without_place
    qualify row_number() over (
        partition by readings.document_id
        order by
            readings.source != 'manifest',
            branches_in_full.document_id is null,
            titles_in_full.document_id is null,
            not is_overruling,
            has_no_place and not readings.names_level_only,
            not agrees_with_title,
            has_no_place,
            readings.source_rank,
            readings.phrase_no
    ) = 1
)

select * from chosen
