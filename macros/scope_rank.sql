{# How far a report of a body reaches, beside its others on the same year: on the own level alone 1, not said 2, the whole
   area 3. Whoever takes one report a body takes the one that reaches furthest, as it holds the others. #}
{% macro scope_rank(scope='scope') -%}
case {{ scope }} when 'own' then 1 when 'aggregate' then 3 else 2 end
{%- endmacro %}
