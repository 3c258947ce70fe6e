with sources as (
    select * from {{ source('raw', 'document_sources') }}
),

described as (
    select
        document_id,
        source_file,
        nullif(archive_member, '') as archive_member,
        first_seen_at,
        last_seen_at,
        withdrawn_at,
    from sources
)

select * from described
