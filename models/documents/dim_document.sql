with documents as (
    select * from {{ ref('stg_raw__documents') }}
),

classified as (
    select * from {{ ref('int_documents_classified') }}
),

described as (
    select
        documents.document_id,
        documents.source_file,
        documents.archive_member,
        documents.media_type,
        documents.size_bytes,
        documents.page_count::integer as page_count,
        documents.char_count,
        documents.encoding,
        documents.is_ocr_used,
        documents.reader,
        documents.reader_version,
        classified.document_class,
        classified.class_reason,
        classified.title,
        classified.has_report_title,
        documents.first_seen_at,
        documents.last_seen_at,
    from documents
    inner join classified on documents.document_id = classified.document_id
)

select * from described
