with source as (
    select * from {{ source('raw', 'expected_bodies') }}
),

described as (
    select
        {{ squash(regularise('agency')) }} as agency,
        region_code,
        from_year,
        to_year,
    from source
)

select * from described
