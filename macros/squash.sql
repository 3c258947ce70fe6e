{# Regular text without blanks, and without the pronunciation that some pages put after a character: 動（dòng）. #}
{% macro squash(column) -%}
regexp_replace(regexp_replace({{ column }}, '\s', '', 'g'), '（[a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü]{1,6}）', '', 'g')
{%- endmacro %}
