{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select reports.*
    from {{ ref('dim_report') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
),

-- Of the tables before 2014, one counts refusals for whatever reason as one of three answers, another gives each its row.
told_in_table as (
    select distinct observations.report_id
    from {{ ref('observations') }} as observations
    inner join reports on observations.report_id = reports.report_id
    where observations.is_selected
        and observations.basis = 'table'
        and starts_with(observations.indicator_code, 'application.')
),

reports_by_form as (
    select * from reports
    union all
    select reports.* replace (if(told_in_table.report_id is null, 'prose', 'local') as form)
    from reports
    left join told_in_table on reports.report_id = told_in_table.report_id
    where reports.form = 'narrative'
),

checks as (
    select * from {{ ref('checks') }}
),

terms as (
    select * from {{ ref('int_check_terms') }} where is_within_report
),

figures as (
    select figures.*, 'here' as place
    from {{ ref('int_check_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
),

report_checks as (
    {{ report_checks('reports_by_form', 'checks') }}
),

instances as (
    select report_checks.report_id, terms.*
    from report_checks
    inner join terms on report_checks.check_code = terms.check_code
),

judged as (
    {{ evaluate_checks('instances', 'figures') }}
),

-- Where one of several readings of a table holds, the others do not apply; where one might, none fails.
weighed as (
    select
        judged.* replace (
            case
                when checks.either is null or judged.result = 'pass' then judged.result
                when bool_or(judged.result = 'pass') over either_of then 'not_applicable'
                when bool_or(judged.result = 'uncertain') over either_of then 'uncertain'
                else judged.result
            end as result
        ),
    from judged
    inner join checks on judged.check_code = checks.check_code
    window either_of as (partition by judged.report_id, judged.applicant_type, checks.either)
),

results as (
    select reports.document_id, judged.*
    from weighed as judged
    inner join reports on judged.report_id = reports.report_id
)

select * from results
