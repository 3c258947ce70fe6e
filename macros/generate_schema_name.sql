{# Schemas have their plain names whatever the target: analysts' SQL must not depend on who built the warehouse. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name is not none else target.schema }}
{%- endmacro %}
