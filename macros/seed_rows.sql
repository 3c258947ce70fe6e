{# The rows of a seed of rules, as the template runs: rules are written out as literals, because DuckDB compiles a
   pattern that comes from a column anew for every row. The caller names the seed by ref() too, so that dbt knows of it.
   Empty while dbt only parses, in unit tests, or where the seed is not yet loaded (dbt compile on an empty warehouse). #}
{% macro seed_rows(seed, order_by) -%}
{%- if not execute or seed.schema is none -%}{{ return([]) }}{%- endif -%}
{%- set relation = adapter.get_relation(seed.database, seed.schema, seed.identifier) -%}
{%- if relation is none -%}{{ return([]) }}{%- endif -%}
{{ return(run_query("select * from " ~ relation ~ " order by " ~ order_by).rows) }}
{%- endmacro %}

{# A text as an SQL literal. #}
{% macro literal(text) -%}'{{ text | replace("'", "''") }}'{%- endmacro %}
