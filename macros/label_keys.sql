{# What a form label is compared by: its Han characters, without the number before it. Numbers, brackets and marks are
   what reports change most. Takes text without blanks (text_squashed). 其它 is 其他, 答覆 is 答复; the article of the law that
   heads a part of the form (第二十条第（五）项) may run into a label. #}
{% macro label_key_full(text) -%}
translate(regexp_replace(regexp_replace(regexp_replace(regexp_replace({{ text }}, '{{ label_number() }}', ''), '第二十条第（?[一二三四五六七八九十]）?项', '', 'g'), '单位[：:]?[千万亿]?元.*$', ''), '[^\p{Han}]', '', 'g'), '它於覆帐', '他于复账')
{%- endmacro %}

{# The same without notes in brackets: 部分公开（区分处理的…） is 部分公开. A bracket that is never closed goes too. #}
{% macro label_key_bare(text) -%}
{{ label_key_full("regexp_replace(regexp_replace(regexp_replace(" ~ text ~ ", '" ~ label_number() ~ "', ''), '（[^（）]*）|〔[^〔〕]*〕', '', 'g'), '（.*$', '')") }}
{%- endmacro %}

{# Numbers before a label: （一） 一、 1. (1) ① 其中： and any of them in a row. #}
{% macro label_number() -%}
^(?:其中[：，、]?|[（〔][一二三四五六七八九十]{1,3}[）〕]?|[一二三四五六七八九十]{1,3}[）、.．，：]|[（]?\d{1,2}[）、.．，：]*|[①-⑳⑴-⒛㈠-㈩]|[★▲*·•—-])+
{%- endmacro %}

{# A label without its ending 数、数量、总数、情况, and without 政府信息: the second thing to compare by. #}
{% macro label_key_loose(key) -%}
regexp_replace(regexp_replace({{ key }}, '^(?:其中|通过)?(?:本年度?)?', ''), '(?:总数量?|数量|总数|数|情况|件数|条数)$', '')
{%- endmacro %}
