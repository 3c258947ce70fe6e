with checks as (
    select * from {{ ref('checks') }}
),

described as (
    select
        check_code,
        kind,
        severity,
        string_split(forms, ';') as forms,
        name_zh,
        name_en,
        case when kind = 'identity' then concat_ws(' ', left_side, comparison, right_side) end as formula,
    from checks
)

select * from described
