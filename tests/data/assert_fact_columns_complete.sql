-- Every indicator has its column in the fact table that the seed names; categories have a table of their own.
with columns_in_facts as (
    {%- for node in graph.nodes.values() | sort(attribute='name') if node.resource_type == 'model' and node.name.startswith('fct_') %}
    {%- for column in node.columns.values() if column.config.meta.get('indicator_code') %}
    select '{{ node.name }}' as fact_table, '{{ column.config.meta["indicator_code"] }}' as indicator_code
    union all
    {%- endfor %}
    {%- endfor %}
    select null as fact_table, null as indicator_code
)

select indicators.indicator_code, indicators.fact_table
from {{ ref('indicators') }} as indicators
left join columns_in_facts
    on indicators.fact_table = columns_in_facts.fact_table
    and indicators.indicator_code = columns_in_facts.indicator_code
where columns_in_facts.indicator_code is null and indicators.indicator_code != 'disclosure.by_category'
