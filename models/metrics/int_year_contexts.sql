{{ config(post_hook="{{ find_changes(this.name) }}") }}

with versions as (
    select year, sum(told) || ':' || count(*) as version from {{ ref('int_reports_told') }}
    group by year
),

-- Every year that can be, as one whose last report went has rows to be taken away.
described as (
    select years.year, md5(concat_ws(' ', these.version, '/', previous.version)) as context_version
    from {{ ref('dim_year') }} as years
    left join versions as these on years.year = these.year
    left join versions as previous on years.year = previous.year + 1
)

select * from described
