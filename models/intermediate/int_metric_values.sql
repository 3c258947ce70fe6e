with reports as (
    select * from {{ ref('dim_report') }} where is_current and year is not null
),

metrics as (
    select * from {{ ref('metrics') }}
),

terms as (
    select * from {{ ref('int_metric_terms') }}
),

places as (
    select report_id, report_id as source_report_id, 'here' as place from reports
    union all
    {{ previous_reports('reports') }}
),

observations as (
    select * from {{ ref('observations') }}
    where is_selected and category_label is null
),

figures as (
    select places.report_id, places.place, observations.indicator_code, observations.applicant_type, observations.value
    from places
    inner join observations on places.source_report_id = observations.report_id
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
        max(if(unit = 'herfindahl', total_of_squares, total)) filter (where side = 'numerator') as numerator,
        max(total) filter (where side = 'denominator') as stated_denominator,
        max(total * total) filter (where side = 'numerator') as squared_total,
        if(unit = 'herfindahl', squared_total, stated_denominator) as denominator,
        bool_or(side = 'denominator') or unit = 'herfindahl' as has_denominator,
    from summed
    group by all
),

valued as (
    select
        report_id,
        metric_code,
        unit,
        numerator,
        denominator,
        has_denominator,
        {{ metric_value('numerator', 'denominator', 'has_denominator', 'unit') }} as value,
    from sides
)

select * from valued
where numerator is not null or denominator is not null
