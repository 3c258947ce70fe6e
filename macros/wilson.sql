{# Ends of Wilson's interval of 95 % of a share, which stays within 0 and 1 for few cases too; NULL where `n` is 0.
   `agree` and `n`: SQL expressions, so many of so many. #}
{% macro wilson_low(agree, n) -%}
greatest(({{ wilson_middle(agree, n) }} - {{ wilson_half_width(agree, n) }}) / (1 + 3.8416 / nullif({{ n }}, 0)), 0)
{%- endmacro %}

{% macro wilson_high(agree, n) -%}
least(({{ wilson_middle(agree, n) }} + {{ wilson_half_width(agree, n) }}) / (1 + 3.8416 / nullif({{ n }}, 0)), 1)
{%- endmacro %}

{# 1.96 is how many standard deviations hold 95 %, 3.8416 its square. #}
{% macro wilson_middle(agree, n) -%}({{ agree }} / nullif({{ n }}, 0) + 3.8416 / (2 * nullif({{ n }}, 0))){%- endmacro %}
{% macro wilson_half_width(agree, n) -%}
1.96 * sqrt({{ agree }} * ({{ n }} - {{ agree }}) / (nullif({{ n }}, 0) ** 3) + 3.8416 / (4 * nullif({{ n }}, 0) ** 2))
{%- endmacro %}
