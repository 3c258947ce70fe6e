{# Text with every character in its usual form, each at its own place: the result is as long as the text, so that
   a place in the one is the same place in the other. Full-width letters and digits, blanks of all kinds, brackets
   and colons are made alike; traditional characters are made simplified; the comma inside 1,234 becomes ٬ (U+066C)
   so that it never separates clauses. translate() builds its table anew for each row: the gates keep it from rows
   that need none. #}
{% macro regularise(column) -%}
{%- set width -%}
case when regexp_matches({{ column }}, '[{{ class_of(width_from()) }}]') then translate({{ column }}, '{{ width_from() }}', '{{ width_to() }}') else {{ column }} end
{%- endset -%}
{%- set simplified -%}
case when regexp_matches({{ column }}, '[{{ traditional_from() }}]') then translate({{ width }}, '{{ traditional_from() }}', '{{ traditional_to() }}') else {{ width }} end
{%- endset -%}
replace(regexp_replace(regexp_replace({{ simplified }}, '(\d),(\d\d\d)', '\1٬\2', 'g'), '(٬\d\d\d),(\d\d\d)', '\1٬\2', 'g'), ',', '，')
{%- endmacro %}

{# Regular text without the simplified character that some copies put in brackets after its traditional one, 公開(开):
   blanked, place by place. `column` is the text as found, `regular` the same regularised. #}
{% macro without_doubled_characters(column, regular) -%}
case
    when regexp_matches({{ column }}, '[{{ traditional_from() }}][（(].[）)]') then array_to_string(list_transform(
        regexp_extract_all({{ regular }}, '[^（]（[^（）]）|[^（]|（'),
        lambda piece: if(length(piece) = 4 and piece[1] = piece[3], piece[1] || '   ', piece)
    ), '')
    else {{ regular }}
end
{%- endmacro %}

{# Characters made safe inside a regular expression's brackets. #}
{% macro class_of(characters) -%}
{{ characters | replace('\\', '\\\\') | replace(']', '\\]') | replace('-', '\\-') | replace('^', '\\^') }}
{%- endmacro %}
