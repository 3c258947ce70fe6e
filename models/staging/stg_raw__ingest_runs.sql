with source as (
    select * from {{ source('raw', 'ingest_runs') }}
),

described as (
    select
        run_id,
        started_at,
        finished_at,
        arguments,
    from source
)

select * from described
