with levels as (
    select * from {{ ref('levels') }}
)

select level_code, level_rank, name_zh, name_en from levels
