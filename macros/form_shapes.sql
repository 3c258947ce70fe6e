{# Figures in the columns of a form. `shape` is a row of int_form_shapes, `block` its block of columns, from 0 on. #}

{# What tells a list of columns from another: their codes, with their groups. #}
{% macro columns_key(columns) -%}
array_to_string(
    list_transform({{ columns }}, lambda head: concat_ws('/', head['column_group'], head['column_code'])), ';'
)
{%- endmacro %}

{# The figures of a block that its total is the sum of. #}
{% macro addends(figures, shape) -%}
list_filter({{ figures }}, lambda figure, place: place != {{ shape }}.total_place)
{%- endmacro %}

{# Whether every block of figures, none of them NULL, ends up at its total. #}
{% macro blocks_add_up(figures, shape) -%}
list_bool_and(list_transform(
    range({{ shape }}.block_count),
    lambda block: list_sum({{ figures }}[block * {{ shape }}.block_size + 1:(block + 1) * {{ shape }}.block_size])
    = 2 * {{ figures }}[block * {{ shape }}.block_size + {{ shape }}.total_place]
))
{%- endmacro %}
