with expected as (
    select * from {{ ref('int_expected_years') }}
),

-- A body that reports on its own level and on its whole area is one body that reports.
reports as (
    select * from {{ ref('dim_report') }}
    where is_current and year is not null and entity_id is not null
    qualify row_number() over (partition by entity_id, year order by {{ scope_rank() }} desc) = 1
),

beside_each_other as (
    select
        coalesce(reports.entity_id, expected.entity_id) as entity_id,
        coalesce(reports.agency_id, expected.agency_id) as agency_id,
        coalesce(reports.agency_name, expected.agency_name) as agency_name,
        if(reports.report_id is null, expected.region_code, reports.region_code) as region_code,
        if(reports.report_id is null, expected.level_code, reports.level_code) as level_code,
        coalesce(reports.year, expected.year) as year,
        expected.expected_by,
        reports.report_id,
    from expected
    full outer join reports
        on expected.entity_id = reports.entity_id
        and expected.year = reports.year
)

select * from beside_each_other
