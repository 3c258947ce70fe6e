with reports as (
    select * from {{ ref('dim_report') }} where is_current and year is not null
),

regions as (
    select * from {{ ref('dim_region') }}
),

lying_in as (
    select
        reports.report_id,
        reports.year,
        reports.agency_kind,
        reports.level_code,
        reports.region_code as own_region_code,
        unnest(list_distinct(list_filter(
            [reports.region_code, regions.county_code, regions.prefecture_code, regions.province_code],
            lambda code: code is not null
        ))) as region_code,
    from reports
    left join regions on reports.region_code = regions.region_code
)

select * from lying_in
