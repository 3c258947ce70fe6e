-- Two additive reports of one year where one body's figures stand in the other's, other than by an assumption that is
-- marked: told by walking up dim_region, not by the columns that report_overlaps uses.
with recursive reports as (
    select reports.*, additive_reports.containment
    from {{ ref('dim_report') }} as reports
    inner join {{ ref('additive_reports') }} as additive_reports on reports.report_id = additive_reports.report_id
),

above as (
    select region_code as place, region_code as ancestor from {{ ref('dim_region') }}
    union all
    select above.place, regions.parent_code as ancestor
    from above
    inner join {{ ref('dim_region') }} as regions on above.ancestor = regions.region_code
    where regions.parent_code is not null
)

select
    narrower.report_id,
    wider.report_id as wider_report_id,
from reports as narrower
inner join above on narrower.region_code = above.place
inner join reports as wider
    on above.ancestor = wider.region_code
    and narrower.year = wider.year
    and narrower.report_id != wider.report_id
where wider.agency_kind = 'government'
    and if(
        narrower.region_code = wider.region_code,
        (narrower.agency_kind != 'government' and narrower.level_code = wider.level_code)
        or narrower.agency_id = wider.agency_id,
        wider.scope = 'aggregate' or (wider.scope is null and narrower.containment is distinct from 'assumed')
    )
