{{ config(post_hook="{{ find_changes(this.name) }}") }}

with summed as (
    select * from {{ ref('int_regional_sums') }}
),

coverage as (
    select * from {{ ref('int_coverage_by_region') }}
),

sums as (
    select region_code, sum(hash(summed)) || ':' || count(*) as version from summed
    group by region_code
),

covered as (
    select region_code, sum(hash(coverage)) || ':' || count(*) as version from coverage
    group by region_code
),

described as (
    select sums.region_code, concat_ws(' / ', sums.version, covered.version) as context_version
    from sums
    left join covered on sums.region_code is not distinct from covered.region_code
)

select * from described
