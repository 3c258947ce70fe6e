{# Pieces of the regular expressions by which prose is read. They are template text, not template strings, so that a
   backslash stays a backslash. #}

{# What stands before a heading or an item of a list. #}
{% macro list_marker() -%}(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十0-9]{1,3}）|第[一二三四五六七八九十]{1,2}(?:部分|章|节)、?|[0-9]{1,2}(?:[.、]|）))
{%- endmacro %}

{# Chinese digits of all kinds, and the words for ten, hundred and so on. #}
{% macro chinese_digits() -%}零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖{%- endmacro %}
{% macro chinese_scales() -%}十百千万亿拾佰仟{%- endmacro %}
{% macro chinese_number_pattern() -%}[{{ chinese_digits() }}十拾][{{ chinese_digits() }}{{ chinese_scales() }}]*{%- endmacro %}
{% macro arabic_number_pattern() -%}[0-9]+(?:٬[0-9]{3})*(?:\.[0-9]+)?{%- endmacro %}

{# The value of Chinese numerals below ten thousand, such as 一千二百零五, 二十, 十二 or, digit by digit, 二〇. NULL where the
   numerals make no number. #}
{% macro chinese_section_value(numerals) -%}
case
    when {{ numerals }} = '' then 0
    when regexp_full_match({{ numerals }}, '[0-9]+') then try_cast({{ numerals }} as bigint)
    when regexp_full_match({{ numerals }}, '0?(?:[1-9]千)?0?(?:[1-9]百)?0?(?:[1-9]?十)?0?[1-9]?')
        then coalesce(try_cast(regexp_extract({{ numerals }}, '([1-9])千', 1) as bigint), 0) * 1000
            + coalesce(try_cast(regexp_extract({{ numerals }}, '([1-9])百', 1) as bigint), 0) * 100
            + case when contains({{ numerals }}, '十')
                then coalesce(try_cast(regexp_extract({{ numerals }}, '([1-9])十', 1) as bigint), 1) * 10 else 0 end
            + coalesce(try_cast(regexp_extract({{ numerals }}, '([1-9])$', 1) as bigint), 0)
end
{%- endmacro %}

{# The value of one digit, Arabic or Chinese. #}
{% macro small_digit(digit) -%}
try_cast(translate({{ digit }}, '零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖', '000122345678' || '9123456789') as integer)
{%- endmacro %}
