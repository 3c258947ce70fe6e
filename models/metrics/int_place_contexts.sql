{{ config(post_hook="{{ find_changes(this.name) }}") }}

with told as (
    select * from {{ ref('int_reports_told') }}
),

-- A report is of its own place and of those above it; NULL is the whole country.
places as (
    select report_id, region_code from {{ ref('int_reports_lying_in') }}
    union all
    select distinct report_id, null as region_code from told
),

described as (
    select places.region_code, sum(told.told) || ':' || count(*) as context_version
    from places
    inner join told on places.report_id = told.report_id
    group by places.region_code
)

select * from described
