{# A pattern of agency_phrases or agency_name_repairs with what its names in braces stand for. #}
{% macro agency_pattern(pattern) -%}
{{ pattern
    | replace('{year}', year_digits() ~ '年')
    | replace('{ending}', words('agency_endings', 'in_signature', 'ending'))
    | replace('{body}', words('agency_endings', 'in_sentence', 'ending'))
    | replace('{reporter}', words('page_labels', "in_line and says = 'reporter'", 'label'))
    | replace('{publisher}', words('page_labels', "in_line and says in ('publisher', 'source')", 'label')) }}
{%- endmacro %}

{# A name as one rule of agency_name_repairs mends it. #}
{% macro repaired_name(name, repair) -%}
{%- set mended -%}
{%- set pattern = literal(agency_pattern(repair['pattern'])) -%}
regexp_replace({{ name }}, {{ pattern }}, {{ literal(repair['replacement'] or '') }}, 'g')
{%- endset -%}
{%- if repair['unless'] -%}
case when regexp_matches({{ name }}, {{ literal(repair['unless']) }}) then {{ name }} else {{ mended }} end
{%- else -%}
{{ mended }}
{%- endif -%}
{%- endmacro %}

{# What may follow a place's name and mean its government, as one group of a regular expression. #}
{% macro government_word(follows) -%}
{{ words('government_words', "follows = '" ~ follows ~ "'", 'pattern') }}
{%- endmacro %}

{# A branch of a case: a place whose name ends so, and what its government is called by that row of body_names. #}
{% macro named_by_ending(body) -%}
regexp_matches(own_form, {{ literal('(?:' ~ body['place_ending'] ~ ')$') }})
    then {{ 'own_form' if body['starts_with'] == 'own_name' else 'chain_text' }} || {{ literal(body['body']) }}
{%- endmacro %}
