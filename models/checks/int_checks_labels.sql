{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select reports.document_id
    from {{ ref('int_reports_identified') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
    where reports.form != 'narrative'
),

table_rows as (
    select * from {{ ref('int_table_rows') }}
),

labels as (
    select * from {{ ref('int_labels_matched') }}
),

cells as (
    select * from {{ ref('int_cells_read') }}
),

figures as (
    select * from {{ ref('int_figures_of_indicators') }}
),

-- Rows whose label is lost are known by those around them: tier 9.
lost_labels as (
    select
        reports.document_id,
        'Q-LABEL' as check_code,
        count(*) filter (where table_rows.row_tier = 9) as row_count,
        string_agg(distinct table_rows.row_code, '、' order by table_rows.row_code)
            filter (where table_rows.row_tier = 9) as detail,
    from reports
    left join table_rows on reports.document_id = table_rows.document_id
    group by reports.document_id
),

-- A label that only heads a group of rows has no figure of its own on the form.
heading_figures as (
    select
        reports.document_id,
        'Q-HEADING' as check_code,
        count(cells.figure) as row_count,
        -- NULL where there is no figure, and left out by the list.
        string_agg(
            labels.label || ' ' || {{ plain_number('cells.figure') }},
            '、' order by cells.table_no, cells.row_no, cells.col_no
        ) as detail,
    from reports
    left join labels
        on reports.document_id = labels.document_id
        and labels.form_part = 'statistics'
        and labels.label_role = 'row'
        and labels.label_code is null
    left join cells
        on labels.document_id = cells.document_id
        and labels.table_no = cells.table_no
        and labels.row_no = cells.row_no
        and labels.label_seq = cells.label_seq
        and cells.cell_kind = 'value'
    group by reports.document_id
),

-- Cases are counted in whole numbers, and nothing is below zero but a change.
wrong_numbers as (
    select
        reports.document_id,
        'Q-TYPE' as check_code,
        count(figures.document_id) as row_count,
        string_agg(trim(figures.text), '、' order by figures.table_no, figures.row_no, figures.col_no) as detail,
    from reports
    left join figures
        on reports.document_id = figures.document_id
        and not figures.is_possible
    group by reports.document_id
),

counted as (
    select * from wrong_numbers
    union all
    select * from lost_labels
    union all
    select * from heading_figures
),

judged as (
    select
        document_id,
        {{ report_id('document_id') }} as report_id,
        check_code,
        'all' as applicant_type,
        if(row_count > 0, 'fail', 'pass') as result,
        0::decimal(20, 4) as expected,
        row_count::decimal(20, 4) as actual,
        row_count::decimal(20, 4) as difference,
        0 as blank_count,
        null::varchar[] as observation_ids,
        detail as detail_zh,
        detail as detail_en,
    from counted
)

select * from judged
