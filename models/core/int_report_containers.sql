with reports as (
    select * from {{ ref('dim_report') }}
),

reports_within as (
    select * from {{ ref('int_reports_within') }}
),

area_sums as (
    select * from {{ ref('area_sums') }}
),

-- A report that does not say what it is of is of its whole area as far as no level below it adds up to more.
borne_out as (
    select report_id from area_sums
    group by report_id
    having bool_and(not is_exceeded)
),

described as (
    select
        reports_within.*,
        case
            when reports_within.within in ('level', 'body') then reports_within.within
            when reports.scope = 'aggregate' then 'stated'
            when borne_out.report_id is not null then 'fits'
            else 'assumed'
        end as containment,
    from reports_within
    inner join reports on reports_within.wider_report_id = reports.report_id
    left join borne_out on reports_within.wider_report_id = borne_out.report_id
)

select * from described
