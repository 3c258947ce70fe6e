{# A year of this time or the last, in Arabic or in Chinese digits. #}
{% macro year_digits() -%}(?:(?:19|20)\d\d|二[〇○零О0oO][〇○零О0oO一二三四五六七八九]{2}){%- endmacro %}

{# A school year by its two years, the second in a group of its own: 2015-2016学年, 2015/16学年. #}
{% macro school_year_pattern() -%}(20\d\d)\D{1,3}(?:20)?(\d\d)\D?{{ words('date_words', "use = 'school_year'") }}{%- endmacro %}

{# Text without the years in it; other numerals in a name stay. #}
{% macro without_years(column) -%}
regexp_replace(
    {{ column }},
    '{{ year_digits() }}年?[-—–~至到/]+(?:{{ year_digits() }}|\d\d)学?年度?|{{ year_digits() }}学?年?度?',
    '',
    'g'
)
{%- endmacro %}

{# What stands before 政府信息公开 in a title, without years. 人民政府信息公开 is 人民政府 and 信息公开. #}
{% macro head_of_title(title) -%}
regexp_extract(
    regexp_replace(
        {{ without_years(title) }}, '[《》“”「」"]|^附件\d*：?|^(?:关于)?{{ title_word('sent_out') }}', '', 'g'
    ),
    '^(?:关于)?(.*?){{ title_word('link') }}*{{ title_word('beside') }}?{{ title_word('of_government') }}?'
    || '{{ title_word('matter') }}?{{ title_word('subject') }}',
    1
)
{%- endmacro %}

{# The words of titles that stand in the same place, as one group of a regular expression. #}
{% macro title_word(place) -%}
{{ words('title_words', "place = '" ~ place ~ "'") }}
{%- endmacro %}
