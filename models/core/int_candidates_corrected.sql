{{ config(materialized='by_document') }}

{# A table alone in a file that is a part of a report is read beside it, and for itself as well, as every document is:
   `document_id` is the report's, and `evidence_document_id` that in which a figure stands. #}
with documents_to_build as (
    {{ reports_to_build() }}
),

-- Each document of a report: its own, and the tables that are parts of it.
documents as (
    select document_id, document_id as report_document_id
    from documents_to_build
    union all
    select parts.document_id, parts.report_document_id
    from {{ ref('int_report_parts') }} as parts
    inner join documents_to_build on parts.report_document_id = documents_to_build.document_id
),

-- What a report says itself is chosen before what its table says, where both are of one kind.
chosen as (
    select
        chosen.* replace (
            if(
                documents.document_id = documents.report_document_id, chosen.observation_id,
                'o' || left(md5(concat_ws('|', chosen.observation_id, documents.report_document_id)), 16)
            ) as observation_id,
            documents.report_document_id as document_id,
            chosen.is_selected and row_number() over (
                partition by
                    documents.report_document_id, chosen.indicator_code, chosen.applicant_type, chosen.category_label,
                    chosen.is_selected
                order by
                    {{ order_of_choice('chosen') }},
                    documents.document_id != documents.report_document_id,
                    documents.document_id
            ) = 1 as is_selected
        ),
        chosen.document_id as evidence_document_id,
        {{ report_id('documents.report_document_id') }} as report_id,
    from {{ ref('int_candidates_chosen') }} as chosen
    inner join documents on chosen.document_id = documents.document_id
),

corrections as (
    select * from {{ ref('corrections') }}
),

reports as (
    select reports.document_id, {{ report_id('reports.document_id') }} as report_id
    from {{ ref('int_reports_identified') }} as reports
    inner join documents on reports.document_id = documents.document_id
    where documents.document_id = documents.report_document_id
),

-- Of several readings with the value that a person chose, one is taken.
wanted as (
    select min(chosen.observation_id) as observation_id
    from chosen
    inner join corrections
        on chosen.report_id = corrections.report_id
        and chosen.indicator_code = corrections.indicator_code
        and chosen.applicant_type = corrections.applicant_type
        and chosen.category_label is not distinct from corrections.category_label
        and chosen.value = corrections.value
    where corrections.action = 'select'
    group by
        corrections.report_id, corrections.indicator_code, corrections.applicant_type, corrections.category_label
),

joined as (
    select
        chosen.*,
        corrections.action,
        corrections.value as corrected_value,
        corrections.reason as correction_reason,
        wanted.observation_id is not null as is_wanted,
    from chosen
    left join corrections
        on chosen.report_id = corrections.report_id
        and chosen.indicator_code = corrections.indicator_code
        and chosen.applicant_type = corrections.applicant_type
        and chosen.category_label is not distinct from corrections.category_label
    left join wanted on chosen.observation_id = wanted.observation_id
),

-- The choice that was made first is the one corrected; the other readings stay as they are.
corrected as (
    select
        * exclude (action, corrected_value, correction_reason, is_wanted)
        replace (
            if(action = 'set' and is_selected, corrected_value, value)::decimal(20, 4) as value,
            if(action = 'set' and is_selected, 'exact', qualifier) as qualifier,
            case action when 'drop' then false when 'select' then is_wanted else is_selected end
                as is_selected
        ),
        case when action = 'set' and is_selected then value::decimal(20, 4) end as original_value,
        case when is_selected or (action = 'select' and is_wanted) then correction_reason end as correction_reason,
    from joined
),

-- A value where the report gave none is an observation of its own.
added as (
    select
        'o' || left(md5(concat_ws(
            '|', 'correction', reports.document_id, corrections.indicator_code, corrections.applicant_type,
            coalesce(corrections.category_label, '')
        )), 16) as observation_id,
        reports.document_id,
        reports.document_id as evidence_document_id,
        reports.report_id,
        corrections.indicator_code,
        corrections.applicant_type,
        corrections.category_label,
        corrections.value,
        'exact' as qualifier,
        'correction' as basis,
        'year' as period_part,
        'own' as scope_part,
        'certain' as confidence,
        'correction' as rule_id,
        corrections.evidence as evidence_text,
        true as is_selected,
        corrections.reason as correction_reason,
    from corrections
    inner join reports on corrections.report_id = reports.report_id
    anti join chosen
        on corrections.report_id = chosen.report_id
        and corrections.indicator_code = chosen.indicator_code
        and corrections.applicant_type = chosen.applicant_type
        and corrections.category_label is not distinct from chosen.category_label
        and chosen.is_selected
    where corrections.action = 'set'
),

candidates as (
    select * from corrected
    union all by name
    select * from added
)

select * from candidates
