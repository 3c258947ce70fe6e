{# Text with every character in its usual form, each at its own place: the result is as long as the text, so that
   a place in the one is the same place in the other. Full-width letters and digits, blanks of all kinds, brackets
   and colons are made alike; traditional characters are made simplified; the comma inside 1,234 becomes ٬ (U+066C)
   so that it never separates clauses; a mark of a note behind a figure or word (12①, 12[2], 12*) becomes blanks.
   translate() builds its table anew for each row: the gates keep it from rows that need none. #}
{% macro regularise(column) -%}
{%- set width -%}
case when regexp_matches({{ column }}, '[{{ class_of(width_from()) }}]') then translate({{ column }}, '{{ width_from() }}', '{{ width_to() }}') else {{ column }} end
{%- endset -%}
{%- set simplified -%}
case when regexp_matches({{ column }}, '[{{ traditional_from() }}]') then translate({{ width }}, '{{ traditional_from() }}', '{{ traditional_to() }}') else {{ width }} end
{%- endset -%}
{{ thousands_marked(notes_blanked(simplified)) }}
{%- endmacro %}

{# Regular text with blanks for marks of notes. A numeral in a circle or bracket, a star or 注 counts behind a digit alone. #}
{% macro notes_blanked(text) -%}
regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace({{ text }}, '(\d)[①-⒇❶-❿㈠-㈩㊀-㊉*※†‡△☆★]([^\d*]|$)', '\1 \2', 'g'), '([\d\p{Han}])[\[［〔]\d[\]］〕]', '\1   ', 'g'), '([\d\p{Han}])[\[［〔][注\d]\d[\]］〕]', '\1    ', 'g'), '(\d)注([^\d\p{Han}]|$)', '\1 \2', 'g'), '(\d)注\d([^\d\p{Han}]|$)', '\1  \2', 'g')
{%- endmacro %}

{# Regular text with ٬ for every comma or apostrophe that marks thousands. A full-width comma mostly parts clauses, so it
   counts only in a whole figure of up to three digits and groups of three (1，204件; also 1, 204件), and neither in a list (分别为12，204件;
   12，204，36件) nor behind the number of a table or article. #}
{% macro thousands_marked(text) -%}
{%- set grouped -%}
replace(regexp_replace(regexp_replace(regexp_replace({{ text }}, '(^|[^\d.,])(\d{1,3})[′´‚·،､](\d\d\d)([^\d.,]|$)', '\1\2٬\3\4', 'g'), '(\d)[,\x27’‘＇](\d\d\d)', '\1٬\2', 'g'), '(٬\d\d\d)[,\x27’‘＇](\d\d\d)', '\1٬\2', 'g'), ',', '，')
{%- endset -%}
{%- set listed -%}
regexp_replace({{ grouped }}, '(分别[为是有计]? ?\d{1,3})，( ?\d\d\d[^\d，。；、和与及]*(?:[。；]|$))', '\1、\2')
{%- endset -%}
regexp_replace(regexp_replace({{ listed }}, '(^|[^\d，、.٬%表图件第别次])(\d{1,3})，( ?\d\d\d)(\.\d|[^\d，、.٬%]|$)', '\1\2٬\3\4', 'g'), '(^|[^\d，、.٬%表图件第别次])(\d{1,2})，(\d\d\d)，(\d\d\d)(\.\d|[^\d，、.٬%]|$)', '\1\2٬\3٬\4\5', 'g')
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
