{{ config(materialized='by_document') }}

with reports_to_build as (
    {{ keys_to_build('int_wide_contexts') }}
),

reports as (
    select
        *,
        {{ covers_whole_year() }} as period_is_whole_year,
    from {{ ref('dim_report') }}
    where is_current and report_id in (select report_id from reports_to_build)
),

observations as (
    select * from {{ ref('observations') }}
    where is_selected and applicant_type = 'all' and category_label is null
        and report_id in (select report_id from reports_to_build)
),

figures as (
    select
        observations.report_id,
        {{- measure_columns() }}
        {{- doubt_columns() }}
    from observations
    group by observations.report_id
),

documents as (
    select * from {{ ref('stg_raw__documents') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

levels as (
    select * from {{ ref('dim_level') }}
),

report_overlaps as (
    select * from {{ ref('report_overlaps') }}
),

described as (
    select
        reports.report_id,
        reports.year,
        regions.province_name,
        regions.prefecture_name,
        regions.county_name,
        reports.region_code,
        regions.name as region_name,
        reports.level_code,
        levels.name_zh as level_name,
        reports.agency_id,
        reports.agency_name,
        reports.agency_kind,
        reports.scope,
        reports.form,
        reports.published_on,
        {%- for indicator_code, column_name in measures() %}
        figures.{{ column_name }},
        {%- endfor %}
        coalesce(figures.inexact_indicators, []) as inexact_indicators,
        coalesce(figures.doubtful_indicators, []) as doubtful_indicators,
        reports.period_is_whole_year,
        report_overlaps.contained_in_report_id,
        report_overlaps.containment,
        report_overlaps.counts_overall,
        report_overlaps.counts_in_level,
        coalesce(documents.manifest_url, documents.properties ->> 'canonical') as source_url,
        reports.source_file,
        reports.archive_member,
        reports.document_id,
    from reports
    inner join documents on reports.document_id = documents.document_id
    left join figures on reports.report_id = figures.report_id
    left join regions on reports.region_code = regions.region_code
    left join levels on reports.level_code = levels.level_code
    left join report_overlaps on reports.report_id = report_overlaps.report_id
)

select * from described
