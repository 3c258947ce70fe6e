with codes as (
    select * from {{ ref('code_words') }}
)

select
    kind,
    coalesce(code, '') as code,
    zh as name_zh,
    en as name_en,
from codes
