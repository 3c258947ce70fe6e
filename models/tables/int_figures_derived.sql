{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

cells_matched as (
    select cells_matched.*
    from {{ ref('int_cells_matched') }} as cells_matched
    inner join documents_to_build on cells_matched.document_id = documents_to_build.document_id
),

derived_sums as (
    select * from {{ ref('derived_sums') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

-- Where a form states a cell twice, the reading that would be chosen.
cells_stated as (
    select *
    from cells_matched
    where category_label is null
    qualify
        row_number() over (
            partition by document_id, indicator_code, applicant_type
            order by confidence = 'doubtful', confidence != 'certain', table_no, row_no, col_no
        ) = 1
),

-- What makes a sum may differ from form to form.
sums_of_documents as (
    select
        forms.document_id,
        derived_sums.total_code,
        derived_sums.addend_code,
        count(*) over (partition by forms.document_id, derived_sums.total_code) as addend_count,
    from {{ ref('int_forms_recognised') }} as forms
    inner join documents_to_build on forms.document_id = documents_to_build.document_id
    inner join derived_sums
        on derived_sums.forms is null or list_contains(string_split(derived_sums.forms, ';'), forms.form)
),

sums as (
    select
        cells_stated.document_id,
        sums_of_documents.total_code as indicator_code,
        cells_stated.applicant_type,
        sum(cells_stated.value) as value,
        case
            when bool_or(cells_stated.confidence = 'doubtful') then 'doubtful'
            when bool_or(cells_stated.confidence = 'likely') then 'likely'
            else 'certain'
        end as confidence,
        min(cells_stated.table_no) as table_no,
        arg_min(cells_stated.row_no, cells_stated.table_no * 1000000 + cells_stated.row_no) as row_no,
        min(cells_stated.page) as page,
        string_agg(
            indicators.name_zh || ' ' || cells_stated.evidence_text, ' + '
            order by cells_stated.table_no, cells_stated.row_no, cells_stated.col_no
        ) as evidence_text,
        bool_and(cells_stated.qualifier = 'exact') as is_exact,
        count(*) as stated_count,
        any_value(sums_of_documents.addend_count) as addend_count,
    from cells_stated
    inner join sums_of_documents
        on cells_stated.document_id = sums_of_documents.document_id
        and cells_stated.indicator_code = sums_of_documents.addend_code
    inner join indicators on cells_stated.indicator_code = indicators.indicator_code
    group by cells_stated.document_id, sums_of_documents.total_code, cells_stated.applicant_type
),

figures_derived as (
    select
        sums.document_id,
        sums.indicator_code,
        sums.applicant_type,
        null::varchar as category_label,
        sums.value::decimal(20, 4) as value,
        if(sums.is_exact, 'exact', 'about') as qualifier,
        'derived' as basis,
        'year' as period_part,
        'own' as scope_part,
        sums.confidence,
        'sum of ' || sums.addend_count as rule_id,
        null::integer as block_no,
        sums.table_no,
        sums.row_no,
        null::integer as col_no,
        sums.page,
        null::integer as char_start,
        null::integer as char_end,
        sums.evidence_text,
    from sums
    -- A sum that the form itself states is never made.
    anti join cells_stated
        on sums.document_id = cells_stated.document_id
        and sums.indicator_code = cells_stated.indicator_code
        and sums.applicant_type = cells_stated.applicant_type
    where sums.stated_count = sums.addend_count
)

select * from figures_derived
