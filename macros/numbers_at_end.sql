{# The numbers that a text ends in, with the blanks between them, or holds alone; empty where a word runs into them. #}
{% macro numbers_at_end(text) -%}
trim(regexp_extract({{ text }}, '(?:^|[^\d\s]\s)\s*(\d+(?:\s+\d+)*)\s*$', 1))
{%- endmacro %}
