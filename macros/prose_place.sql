{# The text, among those of int_figures, in which a row of a seed looks for its pattern, by the name in its column `place`. #}
{% macro prose_place(place) -%}
{%- if place == 'before' -%}before_raw
{%- elif place == 'left' -%}sentence_before
{%- elif place == 'section' -%}section || '＞' || subheadings
{%- elif place == 'under' -%}section || '＞' || subheadings || '＃' || before_raw || '＃' || after
{%- elif place == 'through' -%}before_raw || '＃' || gap_after
{%- elif place == 'all_after' -%}before_raw || '＃' || substring(sentence, place + piece_length + 1)
{%- else -%}before_raw || '＃' || after{%- endif -%}
{%- endmacro %}
