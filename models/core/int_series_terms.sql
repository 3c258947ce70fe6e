with harmonised as (
    select * from {{ ref('harmonised_series') }}
),

by_form as (
    {%- for form in ['narrative', '2014', '2019', '2021'] %}
    {%- set column = 'narrative' if form == 'narrative' else 'form_' ~ form %}
    select series_code, '{{ form }}' as form, unnest(string_split({{ column }}, ' ')) as term from harmonised
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

terms as (
    {{ parse_terms('by_form') }}
)

select * from terms
