{{ config(post_hook="{{ find_changes(this.name) }}") }}

with stated as (
    select * from {{ ref('int_series_values') }}
),

described as (
    select entity_id, sum(hash(stated)) || ':' || count(*) as context_version from stated
    group by entity_id
)

select * from described
