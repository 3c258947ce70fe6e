{# A region's name without the people and the word for its kind: 恩施土家族苗族自治州 is 恩施, 北川羌族自治县 is 北川.
   Where one character would be left (滦县), the name stays whole. #}
{% macro short_region_name(name) -%}
{%- set peoples = words('place_words', "use = 'people'") -%}
coalesce(
    nullif(regexp_extract({{ name }}, '^{{ words("place_words", "use = 'beginning'") }}'), ''),
    nullif(regexp_extract({{ name }}, '^(.{2,}?)(?:{{ peoples }}族?)+自治[州县旗]$', 1), ''),
    nullif(regexp_extract({{ name }}, '^(.{2,}?)族?自治[州县旗]$', 1), ''),
    nullif(regexp_extract({{ name }}, '^(.{2,}?)(?:{{ peoples }}族)+[乡镇]$', 1), ''),
    nullif(regexp_extract({{ name }}, '^(.{2,}?){{ words("place_words", "use = 'kind'") }}$', 1), ''),
    {{ name }}
)
{%- endmacro %}
