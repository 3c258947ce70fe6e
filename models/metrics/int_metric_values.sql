{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ reports_to_build() }}
),

current_reports as (
    select * from {{ ref('dim_report') }} where is_current and year is not null
),

reports as (
    select current_reports.*
    from current_reports
    inner join documents_to_build on current_reports.document_id = documents_to_build.document_id
),

metrics as (
    select * from {{ ref('metric_definitions') }}
),

terms as (
    select * from {{ ref('int_metric_terms') }}
),

places as (
    select report_id, report_id as source_report_id, 'here' as place from reports
    union all
    {{ previous_reports('reports', 'current_reports') }}
),

observations as (
    select * from {{ ref('observations') }}
    where is_selected and category_label is null
),

-- How many people live where a government governs, as last counted: no figure of a report.
populations as (
    select
        reports.report_id,
        'here' as place,
        'population.resident' as indicator_code,
        'all' as applicant_type,
        arg_max(counts.population, counts.year) as value,
    from reports
    inner join {{ ref('populations') }} as counts
        on reports.region_code = counts.region_code
        and reports.year >= counts.year
    where reports.agency_kind = 'government'
    group by reports.report_id
),

figures as (
    select places.report_id, places.place, observations.indicator_code, observations.applicant_type, observations.value
    from places
    inner join observations on places.source_report_id = observations.report_id
    union all
    select * from populations
),

instances as (
    select reports.report_id, metrics.unit, terms.*
    from reports
    inner join metrics on list_contains(string_split(metrics.forms, ';'), reports.form)
    inner join terms on metrics.metric_code = terms.metric_code
),

-- One input that is not reported leaves the metric without a value.
summed as (
    select
        instances.report_id,
        instances.metric_code,
        instances.unit,
        instances.side,
        case when count(figures.value) = count(*) then sum(instances.factor * figures.value) end as total,
        case when count(figures.value) = count(*) then sum(figures.value * figures.value) end as total_of_squares,
    from instances
    left join figures
        on instances.report_id = figures.report_id
        and instances.place = figures.place
        and instances.indicator_code = figures.indicator_code
        and instances.term_applicant_type = figures.applicant_type
    group by all
),

sides as (
    select
        report_id,
        metric_code,
        unit,
        max(total) filter (where side = 'numerator') as numerator_total,
        max(total_of_squares) filter (where side = 'numerator') as numerator_squares,
        max(total) filter (where side = 'denominator') as denominator_total,
        bool_or(side = 'denominator') as has_denominator_terms,
    from summed
    group by report_id, metric_code, unit
),

-- The Herfindahl index is the sum of squares over the square of the sum.
fractions as (
    select
        report_id,
        metric_code,
        unit,
        if(unit = 'herfindahl', numerator_squares, numerator_total) as numerator,
        if(unit = 'herfindahl', numerator_total * numerator_total, denominator_total) as denominator,
        has_denominator_terms or unit = 'herfindahl' as has_denominator,
    from sides
),

valued as (
    select
        *,
        {{ metric_value('numerator', 'denominator', 'has_denominator', 'unit') }} as value,
    from fractions
)

select * from valued
where numerator is not null or denominator is not null
