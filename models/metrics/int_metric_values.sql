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

-- How many people live where a government governs: no figure of a report. One that is of the own level alone, where levels lie
-- below, is not about all of them.
populations as (
    select
        reports.report_id,
        'here' as place,
        'population.resident' as indicator_code,
        'all' as applicant_type,
        coalesce(
            reports.agency_kind = 'government'
            and (reports.scope is distinct from 'own' or reports.level_code = 'township'), false
        ) as is_about_all,
        case when is_about_all then people.population end as value,
    from reports
    left join {{ ref('dim_population') }} as people
        on reports.region_code = people.region_code
        and reports.year = people.year
),

figures as (
    select places.report_id, places.place, observations.indicator_code, observations.applicant_type, observations.value
    from places
    inner join observations on places.source_report_id = observations.report_id
    union all
    select * exclude (is_about_all) from populations
),

instances as (
    select reports.report_id, metrics.unit, terms.*
    from reports
    inner join metrics on list_contains(string_split(metrics.forms, ';'), reports.form)
    inner join terms on metrics.metric_code = terms.metric_code
),

-- One input that is not known leaves the metric without a value.
summed as (
    select
        instances.report_id,
        instances.metric_code,
        instances.unit,
        instances.side,
        case when count(figures.value) = count(*) then sum(instances.factor * figures.value) end as total,
        case when count(figures.value) = count(*) then sum(figures.value * figures.value) end as total_of_squares,
        bool_or(instances.indicator_code = 'population.resident') as takes_people,
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
        bool_or(takes_people) as takes_people,
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
        takes_people,
    from sides
),

valued as (
    select
        *,
        {{ metric_value('numerator', 'denominator', 'has_denominator', 'unit') }} as value,
    from fractions
),

described as (
    select
        valued.* exclude (takes_people),
        case
            when valued.value is not null then null
            when valued.numerator is null then 'not_reported'
            when valued.denominator is not null then 'zero_denominator'
            when not valued.takes_people then 'not_reported'
            when not populations.is_about_all then 'not_about_all_people'
            else 'people_not_known'
        end as why_null,
    from valued
    left join populations on valued.report_id = populations.report_id
    where valued.numerator is not null or valued.denominator is not null
)

select * from described
