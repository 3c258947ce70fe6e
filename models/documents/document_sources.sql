select * from {{ ref('stg_raw__document_sources') }}
