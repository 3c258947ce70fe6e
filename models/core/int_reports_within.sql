with reports as (
    select *, {{ scope_rank() }} as scope_rank
    from {{ ref('dim_report') }}
    where is_current and year is not null
),

lying_in as (
    select * from {{ ref('int_reports_lying_in') }}
),

levels as (
    select * from {{ ref('dim_level') }}
),

ranked as (
    select reports.*, levels.level_rank
    from reports
    left join levels on reports.level_code = levels.level_code
),

wider as (
    select * from ranked
    where agency_kind = 'government' and level_rank is not null
),

-- A government's report counts the bodies of its own level in. Two governments of one place, such as a zone's, stand
-- side by side.
in_its_level as (
    select
        lying_in.report_id,
        wider.report_id as wider_report_id,
        wider.level_rank,
        wider.scope_rank,
        'level' as within,
    from lying_in
    inner join wider
        on lying_in.own_region_code = wider.region_code
        and lying_in.level_code = wider.level_code
        and lying_in.year = wider.year
    where lying_in.region_code = lying_in.own_region_code and lying_in.agency_kind != 'government'
),

-- Unless it says that it is of its own level alone, the levels below too.
in_its_area as (
    select
        lying_in.report_id,
        wider.report_id as wider_report_id,
        wider.level_rank,
        wider.scope_rank,
        'area' as within,
    from lying_in
    inner join wider on lying_in.region_code = wider.region_code and lying_in.year = wider.year
    where lying_in.region_code != lying_in.own_region_code and wider.scope is distinct from 'own'
),

-- Of a body's reports of one year, the one on its whole area holds the others.
in_its_body as (
    select
        reports.report_id,
        wider.report_id as wider_report_id,
        wider.level_rank,
        wider.scope_rank,
        'body' as within,
    from reports
    inner join ranked as wider
        on reports.agency_id = wider.agency_id
        and reports.year = wider.year
        and reports.scope_rank < wider.scope_rank
),

together as (
    select * from in_its_level
    union all
    select * from in_its_area
    union all
    select * from in_its_body
)

select * from together
