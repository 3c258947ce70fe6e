{#- Made from the tests of the marts' YAML, which hold each of them: unique and unique_together are keys, relationships
    lead from a mart to another. -#}
{%- set rows = [] -%}
{%- if execute and graph.nodes is defined -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id')
        if node.resource_type == 'test' and graph.nodes.get(node.attached_node, {}).get('config', {}).get('schema') == 'marts' -%}
        {%- set table_name = graph.nodes[node.attached_node].name -%}
        {%- set arguments = node.test_metadata.kwargs -%}
        {%- if node.test_metadata.name == 'unique' -%}
            {%- do rows.append((table_name, [node.column_name], 'key', none, none)) -%}
        {%- elif node.test_metadata.name == 'unique_together' -%}
            {%- do rows.append((table_name, arguments.columns, 'key', none, none)) -%}
        {%- elif node.test_metadata.name == 'relationships' -%}
            {%- for parent in node.depends_on.nodes
                if parent in graph.nodes and graph.nodes[parent].config.schema == 'marts'
                and "'" ~ graph.nodes[parent].name ~ "'" in arguments.to -%}
                {%- do rows.append((table_name, [node.column_name], 'reference', graph.nodes[parent].name, arguments.field)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif -%}
with table_keys (table_name, column_names, kind, to_table, to_column) as (
    values
    {%- for table_name, column_names, kind, to_table, to_column in rows %}
    (
        {{ literal(table_name) }}, {{ column_names }}, '{{ kind }}',
        {{ literal(to_table) if to_table else 'null' }}, {{ literal(to_column) if to_column else 'null' }}
    ),
    {%- endfor %}
    (null, null, null, null, null)
)

select
    table_name::varchar as table_name,
    column_names::varchar[] as column_names,
    kind::varchar as kind,
    to_table::varchar as to_table,
    to_column::varchar as to_column,
from table_keys
where table_name is not null
