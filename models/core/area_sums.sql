with reports as (
    select * from {{ ref('dim_report') }}
),

reports_within as (
    select * from {{ ref('int_reports_within') }}
),

observations as (
    select * from {{ ref('observations') }}
    where is_selected and applicant_type = 'all' and category_label is null and confidence != 'doubtful'
),

-- Cases are counted by whoever handles them, each once: no whole area has fewer than its parts. Of the figures that are
-- parts of others their totals speak.
cases as (
    select indicator_code from {{ ref('indicators') }}
    where fact_table in ('fct_applications', 'fct_appeals') and unit = 'case' and parent_code is null
),

figures as (
    select observations.report_id, observations.indicator_code, observations.value
    from observations
    inner join cases on observations.indicator_code = cases.indicator_code
),

-- One report of each body of a level: what stands in another one of its level is counted there.
below as (
    select reports_within.wider_report_id, reports_within.report_id, reports.level_code
    from reports_within
    inner join reports on reports_within.report_id = reports.report_id
    anti join reports_within as in_level
        on reports_within.report_id = in_level.report_id and in_level.within in ('level', 'body')
    where reports_within.within = 'area'
),

summed as (
    select
        below.wider_report_id as report_id,
        below.level_code,
        figures.indicator_code,
        count(*)::integer as reports_below,
        sum(figures.value)::decimal(20, 4) as sum_below,
    from below
    inner join figures on below.report_id = figures.report_id
    group by below.wider_report_id, below.level_code, figures.indicator_code
),

compared as (
    select
        summed.report_id,
        reports.region_code,
        reports.year,
        reports.scope,
        summed.level_code as level_below,
        summed.indicator_code,
        figures.value as stated,
        summed.reports_below,
        summed.sum_below,
        summed.sum_below > figures.value as is_exceeded,
    from summed
    inner join reports on summed.report_id = reports.report_id
    left join figures
        on summed.report_id = figures.report_id
        and summed.indicator_code = figures.indicator_code
)

select * from compared
