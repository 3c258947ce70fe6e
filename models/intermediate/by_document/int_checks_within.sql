with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select reports.*, {{ report_id('reports.document_id') }} as report_id
    from {{ ref('int_reports_identified') }} as reports
    inner join documents_to_build on reports.document_id = documents_to_build.document_id
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
    {{ report_checks('reports', 'checks') }}
),

instances as (
    select report_checks.report_id, terms.*
    from report_checks
    inner join terms on report_checks.check_code = terms.check_code
),

judged as (
    {{ evaluate_checks('instances', 'figures') }}
),

results as (
    select reports.document_id, judged.*
    from judged
    inner join reports on judged.report_id = reports.report_id
)

select * from results
