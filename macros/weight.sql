{# What a sign weighs as evidence: a number of the seed evidence_weights, by its name. A name that is not there is an
   error. #}
{% macro weight(name) -%}
{%- set rows = seed_rows(ref('evidence_weights'), 'weight_name') -%}
{%- set found = rows | selectattr('weight_name', 'equalto', name) | map(attribute='weight') | list -%}
{%- if rows and not found -%}
    {{ exceptions.raise_compiler_error("seeds/who/evidence_weights.csv has no weight named " ~ name) }}
{%- endif -%}
{{ '%g' | format(found[0] if found else 0) }}
{%- endmacro %}
