{# A report is one document: its id is a letter, so that no spreadsheet takes it for a number, and the beginning of the
   document's. #}
{% macro report_id(document_id) -%}
'r' || left({{ document_id }}, 16)
{%- endmacro %}
