{# The numbers that a text ends in, with blanks between them, or holds alone, as a list; empty where a word runs into them.
   Zeros run together (0000000) are one each: no other number begins with one. #}
{% macro numbers_at_end(text) -%}
list_filter(
    flatten(list_transform(
        string_split_regex(trim(regexp_extract({{ text }}, '(?:^|[^\d\s]\s)\s*(\d+(?:\s+\d+)*)\s*$', 1)), '\s+'),
        lambda digits: if(
            regexp_full_match(digits, '0+'),
            list_transform(range(length(digits)), lambda place: 0::decimal(24, 6)),
            [try_cast(digits as decimal(24, 6))]
        )
    )),
    lambda figure: figure is not null
)
{%- endmacro %}
