{# What a sign weighs as evidence: a number of the seed evidence_weights, by its name. #}
{% macro weight(name) -%}
{{ named_number('evidence_weights', 'weight_name', 'weight', name) }}
{%- endmacro %}

{# From where on a check or metric judges: a number of the seed check_thresholds. What differs from check to check is its
   tolerance, in the seed checks. #}
{% macro threshold(name) -%}
{{ named_number('check_thresholds', 'threshold_name', 'threshold', name) }}
{%- endmacro %}

{# By how many labels a table shows that it holds a part of a form. #}
{% macro labels_needed(form_part) -%}
{{ named_number('form_parts', 'form_part', 'labels_needed', form_part) }}
{%- endmacro %}

{# A number of a seed, by its name, as a literal. A name that is not there is an error. #}
{% macro named_number(seed, name_column, number_column, name) -%}
{%- set rows = seed_rows(ref(seed), name_column) -%}
{%- set found = rows | selectattr(name_column, 'equalto', name) | map(attribute=number_column) | list -%}
{%- if rows and not found -%}
    {{ exceptions.raise_compiler_error("the seed " ~ seed ~ " has no " ~ name_column ~ " " ~ name) }}
{%- endif -%}
{{ '%g' | format(found[0] if found else 0) }}
{%- endmacro %}
