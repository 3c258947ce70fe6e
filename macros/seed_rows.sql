{# The rows of a seed of rules, as the template runs: rules are written out as literals, because DuckDB compiles a
   pattern that comes from a column anew for every row. The caller names the seed by ref() too, so that dbt knows of it.
   Empty while dbt only parses, or where the seed is not yet loaded (dbt compile on an empty warehouse). A unit test
   names the seed as an input without rows, and has those of the seed as it was loaded. #}
{% macro seed_rows(seed, order_by, where='true') -%}
{%- if not execute -%}{{ return([]) }}{%- endif -%}
{%- set name = seed.identifier | replace('__dbt__cte__', '') -%}
{#- Kept with the model while it is compiled, as it may ask many times: each query takes 3 ms. -#}
{%- set kept = model.setdefault('seed_rows', {}) -%}
{%- set key = (name, order_by, where) -%}
{%- if key not in kept -%}
    {%- set relation = adapter.get_relation(seed.database or target.database, seed.schema or 'seeds', name) -%}
    {%- if relation is none -%}
        {%- do kept.update({key: []}) -%}
    {%- else -%}
        {%- set query = "select * from " ~ relation ~ " where " ~ where ~ " order by " ~ order_by -%}
        {%- do kept.update({key: run_query(query).rows}) -%}
    {%- endif -%}
{%- endif -%}
{{ return(kept[key]) }}
{%- endmacro %}

{# A text as an SQL literal. #}
{% macro literal(text) -%}'{{ text | replace("'", "''") }}'{%- endmacro %}
