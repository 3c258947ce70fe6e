with definitions as (
    select * from {{ ref('metric_definitions') }}
),

described as (
    select
        metric_code,
        version,
        metric_group,
        name_zh,
        name_en,
        unit,
        numerator,
        denominator,
        string_split(forms, ';') as forms,
        note,
    from definitions
)

select * from described
