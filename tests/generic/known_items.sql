{# Each item of a column that holds a list is known: it stands in `values`, or in the column `field` of `to`. `separator`
   sets the items apart (none: the whole is one item), `field_separator` those of `field`. `beginnings`: an item may also
   end with a full stop and be the beginning of a known one. Returns the rows with an unknown item. #}
{% test known_items(model, column_name, separator=none, values=[], to=none, field=none, field_separator=none, beginnings=false) %}
with known as (
    select unnest([{% for value in values %}{{ literal(value) }}, {% endfor %}null::varchar]) as item
    {%- if to %}
    union
    select {% if field_separator %}unnest(string_split({{ field }}, {{ literal(field_separator) }})){% else %}{{ field }}::varchar{% endif %} as item
    from {{ to }}
    {%- endif %}
),

items as (
    select
        *,
        unnest({% if separator %}string_split({{ column_name }}, {{ literal(separator) }}){% else %}[{{ column_name }}::varchar]{% endif %}) as item_of_list,
    from {{ model }}
    where {{ column_name }} is not null
)

select *
from items
where
    item_of_list not in (select item from known where item is not null)
    {%- if beginnings %}
    and not (
        item_of_list like '%.'
        and exists (select 1 from known where starts_with(known.item, items.item_of_list))
    )
    {%- endif %}
{% endtest %}
