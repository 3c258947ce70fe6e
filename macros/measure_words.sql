{# Measure words as one group of a regular expression, the longest first: all, or those of a set of units (case, item, person,
   money, ...). The one list of them is the seed measure_words. #}
{% macro measure_words(unit_set='') -%}
{{ words('measure_words', "list_contains(string_split(unit_sets, ' '), '" ~ unit_set ~ "')" if unit_set else 'true') }}
{%- endmacro %}
