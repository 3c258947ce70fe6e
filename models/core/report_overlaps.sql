with reports as (
    select * from {{ ref('dim_report') }} where is_current and year is not null
),

containers as (
    select * from {{ ref('int_report_containers') }}
),

-- What contains it without a doubt comes before what is only assumed to; then the lowest level, and there the report
-- that reaches least far.
nearest as (
    select *
    from containers
    qualify row_number() over (
        partition by report_id
        order by containment = 'assumed', level_rank desc nulls last, scope_rank, wider_report_id
    ) = 1
),

contained_in_level as (
    select distinct report_id from containers where containment in ('level', 'body')
),

described as (
    select
        reports.report_id,
        nearest.wider_report_id as contained_in_report_id,
        nearest.containment,
        coalesce(nearest.containment, 'assumed') = 'assumed' as counts_overall,
        contained_in_level.report_id is null as counts_in_level,
    from reports
    left join nearest on reports.report_id = nearest.report_id
    left join contained_in_level on reports.report_id = contained_in_level.report_id
)

select * from described
