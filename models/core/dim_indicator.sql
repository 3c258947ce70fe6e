with indicators as (
    select * from {{ ref('indicators') }}
),

grades as (
    select
        terms.indicator_code,
        min(harmonised.series_code) as series_code,
        max(harmonised.grade) as grade,
    from {{ ref('int_series_terms') }} as terms
    inner join {{ ref('harmonised_series') }} as harmonised on terms.series_code = harmonised.series_code
    group by terms.indicator_code
),

described as (
    select
        indicators.indicator_code,
        fact_table,
        name_zh,
        name_en,
        unit,
        parent_code,
        string_split(forms, ';') as forms,
        coalesce(note like '%signed%', false) as is_signed,
        note,
        grades.grade as comparability,
        grades.series_code,
    from indicators
    left join grades on indicators.indicator_code = grades.indicator_code
)

select * from described
