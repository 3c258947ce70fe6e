{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ reports_to_build() }}
),

terms as (
    select * from {{ ref('int_series_terms') }}
),

reports as (
    select reports.*
    from {{ ref('dim_report') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
    where reports.is_current and reports.agency_id is not null and reports.year is not null
),

observations as (
    select * from {{ ref('observations') }}
    where is_selected and applicant_type = 'all' and category_label is null
),

-- A figure is there where the report gives every part of it.
stated as (
    select
        reports.entity_id,
        reports.body_no,
        reports.agency_id,
        reports.scope,
        terms.series_code,
        reports.year,
        reports.report_id,
        reports.form,
        terms.meaning,
        {{ covers_whole_year('reports.') }} as is_whole_year,
        sum(terms.factor * observations.value) as value,
        bool_and(observations.qualifier = 'exact') as is_exact,
    from reports
    inner join terms on reports.form = terms.form
    left join observations
        on reports.report_id = observations.report_id
        and terms.indicator_code = observations.indicator_code
    group by all
    having count(observations.value) = count(*)
)

select * from stated
