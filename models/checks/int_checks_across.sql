{{ config(materialized='by_document') }}

with years_to_build as (
    {{ keys_to_build('int_year_contexts') }}
),

-- Those of the years before, too, for comparison.
reports as (
    select * from {{ ref('dim_report') }}
    where is_current and year in (select year from years_to_build union all select year - 1 from years_to_build)
),

reports_to_check as (
    select * from reports where year in (select year from years_to_build)
),

checks as (
    select * from {{ ref('checks') }}
),

terms as (
    select * from {{ ref('int_check_terms') }} where not is_within_report
),

figures_stated as (
    select * from {{ ref('int_check_figures') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

-- A government's report on its whole area, beside the one on its own level and those of the governments below it.
whole_areas as (
    select * from reports_to_check
    where scope = 'aggregate' and agency_kind = 'government' and region_code is not null
),

own_level as (
    select whole_areas.report_id, own_reports.report_id as source_report_id
    from whole_areas
    inner join reports as own_reports
        on whole_areas.agency_id = own_reports.agency_id
        and whole_areas.year = own_reports.year
        and own_reports.scope = 'own'
),

-- A government's report on its whole area; one that does not say stands in for it.
area_reports as (
    select * from reports
    where agency_kind = 'government' and (scope is distinct from 'own' or level_code = 'township')
    qualify row_number() over (partition by coalesce(agency_id, report_id), year order by {{ scope_rank() }} desc) = 1
),

children as (
    select
        whole_areas.report_id,
        regions.region_code as child_region_code,
        min(child_reports.report_id) as source_report_id,
        count(child_reports.report_id) = 1
        and bool_and(regions.level_code = 'township' or coalesce(child_reports.scope, '') = 'aggregate') as is_sure,
    from whole_areas
    inner join regions
        on whole_areas.region_code = regions.parent_code
        and whole_areas.year between coalesce(regions.valid_from_year, whole_areas.year)
        and coalesce(regions.valid_to_year, whole_areas.year)
    left join area_reports as child_reports
        on regions.region_code = child_reports.region_code
        and whole_areas.year = child_reports.year
    group by whole_areas.report_id, regions.region_code
),

-- Whose figures a term may speak of: the report's own, those of the same body's report a year before, those of its own
-- level where the report is on its whole area, and the sum over the governments below it.
places as (
    select report_id, report_id as source_report_id, 'here' as place from reports_to_check
    union all
    {{ previous_reports('reports_to_check', 'reports') }}
    union all
    select report_id, source_report_id, 'own' as place from own_level
),

places_known as (
    select report_id, place from places
    union
    select report_id, 'children' as place from children
),

checks_across as (
    select checks.*, list_sort(list_distinct(list(terms.place))) as places
    from checks
    inner join terms on checks.check_code = terms.check_code
    group by all
),

reports_in_reach as (
    select reached.report_id, sets.places
    from (
        select report_id, list(place) as places from places_known
        group by report_id
    ) as reached
    inner join (select distinct places from checks_across) as sets on list_has_all(reached.places, sets.places)
),

terms_used as (
    select distinct indicator_code from terms
),

figures_of_one as (
    select
        places.report_id,
        places.place,
        figures_stated.* exclude (document_id, report_id),
    from places
    inner join figures_stated on places.source_report_id = figures_stated.report_id
    inner join terms_used on figures_stated.indicator_code = terms_used.indicator_code
),

-- A sum over the bodies below is there only where each of them states its part. Two governments of one
-- place, or one that does not say whether its report is on its whole area, leave open whether it is all of the part.
child_counts as (
    select report_id, count(*) as child_count from children
    group by report_id
),

figures_of_children as (
    select
        children.report_id,
        'children' as place,
        figures_stated.indicator_code,
        figures_stated.applicant_type,
        sum(figures_stated.value) as value,
        bool_and(figures_stated.is_exact) as is_exact,
        bool_or(figures_stated.is_doubtful or not children.is_sure) as is_doubtful,
        flatten(list(figures_stated.observation_ids order by figures_stated.observation_ids)) as observation_ids,
    from children
    inner join child_counts on children.report_id = child_counts.report_id
    inner join figures_stated on children.source_report_id = figures_stated.report_id
    inner join terms_used on figures_stated.indicator_code = terms_used.indicator_code
    group by all
    having count(figures_stated.value) = any_value(child_counts.child_count)
),

figures as (
    select * from figures_of_one
    union all by name
    select * from figures_of_children
),

applicable as (
    {{ report_checks('reports_to_check', 'checks_across') }}
),

-- Without the other report there is nothing to compare. Checks ask for few sets of places: a report is looked at once
-- for each set.
report_checks as (
    select applicable.*
    from applicable
    inner join checks_across on applicable.check_code = checks_across.check_code
    inner join reports_in_reach
        on applicable.report_id = reports_in_reach.report_id
        and checks_across.places = reports_in_reach.places
),

instances as (
    select report_checks.report_id, terms.*
    from report_checks
    inner join terms on report_checks.check_code = terms.check_code
),

judged as (
    {{ evaluate_checks('instances', 'figures') }}
),

with_year as (
    select judged.*, reports_to_check.year
    from judged
    inner join reports_to_check on judged.report_id = reports_to_check.report_id
)

select * from with_year
