{# By what one of several readings of a figure is chosen: a table before prose, the whole year before a part of it, a
   report's own scope before a part of that, an exact figure before one that is about so much. `of`: the readings. #}
{% macro order_of_choice(of='') -%}
{%- set of = of ~ '.' if of else '' -%}
{{ of }}confidence = 'doubtful',
                case {{ of }}basis when 'table' then 1 when 'narrative' then 2 when 'negation' then 3 else 4 end,
                {{ of }}period_part != 'year',
                not {{ of }}is_of_own_scope,
                {{ of }}qualifier != 'exact',
                case {{ of }}confidence when 'certain' then 1 else 2 end
{%- endmacro %}
