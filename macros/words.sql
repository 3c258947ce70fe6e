{# Words or patterns of a seed as one group of a regular expression, the longest first, so that none hides a longer one:
   words('agency_endings', "kind = 'office'") is (?:办公厅|办公室|办). A condition that leaves no word is an error. #}
{% macro words(seed, where='true', column='word') -%}
{%- set rows = seed_rows(ref(seed), 'length(' ~ column ~ ') desc, ' ~ column, where) -%}
{%- if not rows and seed_rows(ref(seed), column) -%}
    {{ exceptions.raise_compiler_error("the seed " ~ seed ~ " has no row where " ~ where) }}
{%- endif -%}
(?:{{ rows | map(attribute=column) | unique | join('|') | replace("'", "''") }})
{%- endmacro %}
