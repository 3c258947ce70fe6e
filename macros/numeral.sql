{# The digit that a single Chinese numeral stands for; 0 where there is none. #}
{% macro numeral(column) -%}
case {{ column }} when '一' then 1 when '二' then 2 when '两' then 2 when '三' then 3 when '四' then 4 when '五' then 5 when '六' then 6 when '七' then 7 when '八' then 8 when '九' then 9 else 0 end
{%- endmacro %}
