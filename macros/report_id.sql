{# A report is one document: its id is the beginning of the document's. #}
{% macro report_id(document_id) -%}
left({{ document_id }}, 16)
{%- endmacro %}
