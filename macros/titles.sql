{# Text without the years in it, be they in Arabic or in Chinese digits; numerals in a name stay. #}
{% macro without_years(column) -%}
regexp_replace({{ column }}, '(?:(?:19|20)\d\d|二[〇○零О0oO][〇○零О0oO一二三四五六七八九]{2})(?:年度|年|度)?', '', 'g')
{%- endmacro %}

{# What stands before 政府信息公开 in a title, without years. 人民政府信息公开 is 人民政府 and 信息公开. #}
{% macro head_of_title(title) -%}
regexp_extract(
    regexp_replace({{ without_years(title) }}, '[《》“”「」"]|^附件\d*：?|^(?:关于)?(?:印发|发布|公布|报送|上报|呈报|公开)', '', 'g'),
    '^(?:关于)?(.*?)(?:关于|的|本级|开展)*(?:党务、?)?(?:(?:人民)?政府|政务|部门)?(?:信息|事务)?(?:公开|年度报告|年报)', 1
)
{%- endmacro %}
