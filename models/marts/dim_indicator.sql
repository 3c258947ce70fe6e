with indicators as (
    select * from {{ ref('indicators') }}
),

described as (
    select
        indicator_code,
        fact_table,
        name_zh,
        name_en,
        unit,
        parent_code,
        string_split(forms, ';') as forms,
        coalesce(note like '%signed%', false) as is_signed,
        note,
    from indicators
)

select * from described
