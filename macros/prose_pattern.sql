{# A pattern of the seed prose_patterns by its id, as text for a regular expression inside an SQL literal. It may stand on
   others and on list_marker, as {id}. An id that is not there is an error; empty while dbt only parses. #}
{% macro prose_pattern(pattern_id) -%}
{%- set rows = seed_rows(ref('prose_patterns'), 'pattern_id') -%}
{%- set found = rows | selectattr('pattern_id', 'equalto', pattern_id) | map(attribute='pattern') | list -%}
{%- if rows and not found -%}
    {{ exceptions.raise_compiler_error("seeds/prose/prose_patterns.csv has no pattern " ~ pattern_id) }}
{%- endif -%}
{%- set filled = namespace(text=(found | first | default('')) | replace('{list_marker}', list_marker())) -%}
{%- for row in rows if '{' ~ row['pattern_id'] ~ '}' in filled.text -%}
    {%- set filled.text = filled.text | replace('{' ~ row['pattern_id'] ~ '}', row['pattern']) -%}
{%- endfor -%}
{{ return(filled.text) }}
{%- endmacro %}
