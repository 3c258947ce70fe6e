select sheet_code, sheet_no, name_zh, name_en, source, condition, about_zh, about_en from {{ ref('sheets') }}
