{# Whether two readings can both be true, by their qualifiers: 200余 holds for 215 and not for 200, 近万 for 9800.
   `first` and `second`: tables with value, qualifier and evidence_text. #}
{% macro qualified_agree(first, second) -%}
case
    when {{ first }}.qualifier = 'exact' and {{ second }}.qualifier = 'exact' then {{ first }}.value = {{ second }}.value
    when 'about' in ({{ first }}.qualifier, {{ second }}.qualifier)
        then abs({{ first }}.value - {{ second }}.value) <= 0.1 * greatest({{ first }}.value, {{ second }}.value)
    when {{ first }}.qualifier = {{ second }}.qualifier then {{ first }}.value = {{ second }}.value
    when {{ first }}.qualifier = 'exact' then {{ bound_holds(first, second) }}
    when {{ second }}.qualifier = 'exact' then {{ bound_holds(second, first) }}
    else true
end
{%- endmacro %}

{# Whether an exact figure keeps within what the other reading says; 以上 and 以内 hold for the figure itself, 余 does not. #}
{% macro bound_holds(exact, bound) -%}
case
    when {{ bound }}.qualifier = 'at_least' and {{ exact }}.value = {{ bound }}.value
        then regexp_matches({{ bound }}.evidence_text, '{{ words("check_words", "use = 'at_least_inclusive'") }}')
    when {{ bound }}.qualifier = 'at_least' then {{ exact }}.value between {{ bound }}.value and 2 * {{ bound }}.value
    when {{ exact }}.value = {{ bound }}.value
        then regexp_matches({{ bound }}.evidence_text, '{{ words("check_words", "use = 'at_most_inclusive'") }}')
    else {{ exact }}.value < {{ bound }}.value
end
{%- endmacro %}
