{# Text in which Chinese digits are Arabic ones, place by place: 二〇一七年 is 2017年, 三十一日 is 3十1日. #}
{% macro arabic_digits(column) -%}
replace(translate({{ column }}, '〇○零О一二三四五六七八九', '0000123456789'), '元月', '1月')
{%- endmacro %}

{# A month or day of such a text as a number: 12, 十2, 3十1, 十. #}
{% macro small_number(column) -%}
case
    when {{ column }} not like '%十%' then try_cast({{ column }} as integer)
    else coalesce(try_cast(split_part({{ column }}, '十', 1) as integer), 1) * 10
        + coalesce(try_cast(split_part({{ column }}, '十', 2) as integer), 0)
end
{%- endmacro %}

{# A day from its three parts; NULL where there is no such day. #}
{% macro day_of(year, month, day) -%}
try_cast(format('{}-{:02d}-{:02d}', {{ year }}, {{ small_number(month) }}, {{ small_number(day) }}) as date)
{%- endmacro %}

{# A day as reports write it, in such text, with its three parts as groups; and the parts themselves. #}
{% macro day_pattern() -%}(\d{4})[年./-]{{ day_number_pattern() }}[月./-]{{ day_number_pattern() }}[日号]?{%- endmacro %}
{% macro day_number_pattern() -%}(\d?十\d?|\d{1,2}){%- endmacro %}

{# A time of day that may stand right behind such a day, as the group after its three: 08：37, T08:37:05. #}
{% macro time_pattern() -%}[T ]?({{ time_of_day_pattern() }})?{%- endmacro %}
{% macro time_of_day_pattern() -%}(?:[01]\d|2[0-3]|\d)[：:][0-5]\d(?:[：:][0-5]\d)?{%- endmacro %}
