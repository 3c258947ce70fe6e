{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ reports_to_build() }}
),

chosen as (
    select chosen.*
    from {{ ref('int_candidates_corrected') }} as chosen
    inner join documents_to_build on chosen.document_id = documents_to_build.document_id
),

indicators as (
    select * from {{ ref('indicators') }}
),

observed as (
    select
        chosen.observation_id,
        chosen.report_id,
        chosen.indicator_code,
        chosen.applicant_type,
        chosen.category_label,
        chosen.value::decimal(20, 4) as value,
        indicators.unit,
        chosen.qualifier,
        chosen.basis,
        chosen.confidence,
        chosen.is_selected,
        chosen.original_value,
        chosen.correction_reason,
        chosen.rule_id,
        chosen.evidence_document_id as document_id,
        chosen.block_no::integer as block_no,
        chosen.table_no::integer as table_no,
        chosen.row_no::integer as row_no,
        chosen.col_no::integer as col_no,
        chosen.page::integer as page,
        chosen.evidence_text,
        chosen.char_start::integer as char_start,
        chosen.char_end::integer as char_end,
    from chosen
    inner join indicators on chosen.indicator_code = indicators.indicator_code
)

select * from observed
