with levels as (
    select * from {{ ref('levels') }}
)

select * from levels
