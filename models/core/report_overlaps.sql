with reports as (
    select *, {{ scope_rank() }} as scope_rank
    from {{ ref('dim_report') }}
    where is_current and year is not null
),

regions as (
    select * from {{ ref('dim_region') }}
),

levels as (
    select * from {{ ref('dim_level') }}
),

-- A government's report counts the bodies of its own level in; unless it says that it is of its own level alone, the
-- levels below too.
wider as (
    select
        reports.report_id,
        reports.region_code,
        reports.year,
        reports.level_code,
        reports.scope_rank,
        levels.level_rank,
        coalesce(reports.scope, '') != 'own' as reaches_down,
    from reports
    inner join levels on reports.level_code = levels.level_code
    where reports.agency_kind = 'government' and reports.region_code is not null
),

-- The places that a report lies in: its own, and those above.
lies_in as (
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
),

in_a_government as (
    select
        lies_in.report_id,
        wider.report_id as wider_report_id,
        wider.level_rank,
        wider.scope_rank,
        lies_in.region_code = lies_in.own_region_code as is_in_level,
    from lies_in
    inner join wider
        on lies_in.region_code = wider.region_code
        and lies_in.year = wider.year
        and if(
            lies_in.region_code = lies_in.own_region_code,
            -- Two governments of one place, such as a zone's, stand side by side.
            lies_in.agency_kind != 'government' and lies_in.level_code = wider.level_code,
            wider.reaches_down
        )
),

in_its_own_area as (
    select
        reports.report_id,
        whole.report_id as wider_report_id,
        levels.level_rank,
        whole.scope_rank,
        true as is_in_level,
    from reports
    inner join reports as whole
        on reports.agency_id = whole.agency_id
        and reports.year = whole.year
        and reports.scope_rank < whole.scope_rank
    left join levels on whole.level_code = levels.level_code
),

containing as (
    select * from in_a_government
    union all by name
    select * from in_its_own_area
),

-- The lowest level is nearest, and there the report that reaches least far.
nearest as (
    select
        report_id,
        first(wider_report_id order by level_rank desc nulls last, scope_rank, wider_report_id) as contained_in_report_id,
        bool_or(is_in_level) as is_contained_in_level,
    from containing
    group by report_id
),

described as (
    select
        reports.report_id,
        nearest.contained_in_report_id,
        nearest.report_id is null as counts_overall,
        not coalesce(nearest.is_contained_in_level, false) as counts_in_level,
    from reports
    left join nearest on reports.report_id = nearest.report_id
)

select * from described
