{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select reports.*
    from {{ ref('dim_report') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
),

-- A table in a file of its own is one of the report that it is a part of.
documents as (
    select document_id, document_id as report_document_id from reports
    union all
    select parts.document_id, parts.report_document_id
    from {{ ref('int_report_parts') }} as parts
    inner join reports on parts.report_document_id = reports.document_id
),

asked as (
    select * from {{ ref('int_form_cells_asked') }}
),

labels as (
    select labels.* replace (documents.report_document_id as document_id)
    from {{ ref('int_labels_matched') }} as labels
    inner join documents on labels.document_id = documents.document_id
),

readings as (
    select readings.*
    from {{ ref('int_candidates_corrected') }} as readings
    inner join documents_to_build on readings.document_id = documents_to_build.document_id
),

rows_found as (
    select distinct document_id, form_part, label_code as row_code from labels
    where label_role = 'row' and label_code is not null
    union
    select distinct readings.document_id, asked.form_part, asked.row_code
    from readings
    inner join asked on readings.indicator_code = asked.indicator_code
    where readings.basis = 'table'
),

-- The table of appeals has one row and no row labels.
parts_found as (
    select distinct document_id, form_part from labels
),

figures_found as (
    select distinct document_id, indicator_code, applicant_type from readings
    where basis = 'table' or (basis = 'derived' and col_no is not null)
),

-- 12.5 applications, or a sum of money in no unit: the cell is not blank, and yet states no figure.
figures_refused as (
    select distinct documents.report_document_id as document_id, figures.indicator_code, figures.applicant_type
    from {{ ref('int_figures_of_indicators') }} as figures
    inner join documents on figures.document_id = documents.document_id
    where figures.factor is null or not figures.is_possible
),

cells as (
    select
        reports.document_id,
        asked.form_part,
        asked.label,
        asked.place,
        asked.indicator_code,
        asked.applicant_type,
        case
            when figures_found.document_id is not null then 'stated'
            when figures_refused.document_id is not null then 'refused'
            when rows_found.document_id is not null then 'blank'
            when asked.form_part = 'appeals' and parts_found.document_id is not null then 'blank'
            when parts_found.document_id is not null then 'row_missing'
            else 'table_missing'
        end as state,
    from reports
    inner join asked on reports.form = asked.form
    left join figures_found
        on reports.document_id = figures_found.document_id
        and asked.indicator_code = figures_found.indicator_code
        and asked.applicant_type = figures_found.applicant_type
    left join figures_refused
        on reports.document_id = figures_refused.document_id
        and asked.indicator_code = figures_refused.indicator_code
        and asked.applicant_type = figures_refused.applicant_type
    left join rows_found
        on reports.document_id = rows_found.document_id
        and asked.form_part = rows_found.form_part
        and asked.row_code = rows_found.row_code
    left join parts_found
        on reports.document_id = parts_found.document_id
        and asked.form_part = parts_found.form_part
)

select * from cells
