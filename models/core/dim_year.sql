with disclosure_regimes as (
    select * from {{ ref('disclosure_regimes') }}
),

-- Until well after today, so that no report lacks its year.
years as (
    select year::integer as year
    from generate_series((select min(from_year) from disclosure_regimes), 2050) as series (year)
),

in_force as (
    select years.year, disclosure_regimes.*
    from years
    asof inner join disclosure_regimes on years.year >= disclosure_regimes.from_year
),

described as (
    select
        year,
        regulations_zh,
        regulations_en,
        form,
        form_notice,
        try_cast((year + 1) || '-' || department_deadline as date) as department_deadline_on,
        try_cast((year + 1) || '-' || government_deadline as date) as government_deadline_on,
    from in_force
)

select * from described
