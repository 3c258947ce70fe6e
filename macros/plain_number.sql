{# A decimal as people write it: 12.5000 as 12.5, 934.0000 as 934. #}
{% macro plain_number(column) -%}
regexp_replace(({{ column }})::decimal(20, 4)::varchar, '\.?0{1,4}$', '')
{%- endmacro %}
