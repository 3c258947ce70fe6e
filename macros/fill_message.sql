{# A message with its {placeholders} filled in; one without a value is left out. `values`: name to SQL expression. #}
{% macro fill_message(template, values) -%}
{%- set ns = namespace(sql=template) -%}
{%- for name, expression in values.items() -%}
{%- set ns.sql = "replace(" ~ ns.sql ~ ", '{" ~ name ~ "}', coalesce(" ~ expression ~ ", ''))" -%}
{%- endfor -%}
{{ ns.sql }}
{%- endmacro %}
