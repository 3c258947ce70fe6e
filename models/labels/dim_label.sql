select
    table_name,
    column_name,
    part,
    part_no,
    name_zh,
    name_en,
    format,
    words,
    language,
from {{ ref('column_labels') }}
