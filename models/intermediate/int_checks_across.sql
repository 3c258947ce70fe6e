with reports as (
    select * from {{ ref('dim_report') }} where is_current
),

checks as (
    select * from {{ ref('checks') }}
),

terms as (
    select * from {{ ref('int_check_terms') }} where not is_within_report
),

figures_stated as (
    select * from {{ ref('int_check_figures') }}
),

-- Whose figures a term may speak of: the report's own, and those of the same body's report a year before.
places as (
    select report_id, report_id as source_report_id, 'here' as place from reports
    union all
    {{ previous_reports('reports') }}
),

figures as (
    select
        places.report_id,
        places.place,
        figures_stated.* exclude (document_id, report_id),
    from places
    inner join figures_stated on places.source_report_id = figures_stated.report_id
    where figures_stated.indicator_code in (select indicator_code from terms)
),

report_checks as (
    {{ report_checks('reports', 'checks') }}
),

-- Without the other report there is nothing to compare.
instances as (
    select report_checks.report_id, terms.*
    from report_checks
    inner join terms on report_checks.check_code = terms.check_code
    where report_checks.report_id in (select report_id from places where place = 'previous')
),

judged as (
    {{ evaluate_checks('instances', 'figures') }}
)

select * from judged
