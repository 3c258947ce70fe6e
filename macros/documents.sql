{# The patterns of document_signs that show the same, as one group of a regular expression. #}
{% macro document_sign(shows) -%}
{{ words('document_signs', "shows = '" ~ shows ~ "'", 'pattern') }}
{%- endmacro %}

{# The properties of a page that say the same by page_labels, the best first, with commas between. #}
{% macro properties_that_say(what) -%}
{%- for row in seed_rows(ref('page_labels'), 'property_rank', "property_rank is not null and says = '" ~ what ~ "'") -%}
properties ->> {{ literal(row['label']) }}{{ ', ' if not loop.last }}
{%- endfor -%}
{%- endmacro %}

{# Whether a line without blanks says something of the page (索引号、来源、浏览次数), and nothing of the report. #}
{% macro is_about_page(line) -%}
(
    regexp_matches({{ line }}, '^{{ words('page_labels', 'opens_line', 'label') }}')
    and length({{ line }}) <= 200
    and not regexp_matches({{ line }}, '。')
)
{%- endmacro %}
