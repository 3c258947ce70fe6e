with source as (
    select * from {{ source('raw', 'documents') }}
),

renamed as (
    select
        document_id,
        content_version,
        source_file,
        nullif(archive_member, '') as archive_member,
        parse_filename(coalesce(nullif(archive_member, ''), source_file)) as file_name,
        {{ regularise("parse_filename(coalesce(nullif(archive_member, ''), source_file), true)") }} as file_stem,
        media_type,
        size_bytes,
        reader,
        reader_version,
        page_count,
        char_count,
        encoding,
        ocr_used as is_ocr_used,
        properties::json as properties,
        manifest_url,
        nullif(trim({{ regularise('manifest_agency') }}), '') as manifest_agency,
        manifest_year,
        manifest_published_on,
        first_seen_at,
        last_seen_at,
        forgotten_at,
    from source
)

select * from renamed
