with harmonised as (
    select * from {{ ref('harmonised_series') }}
),

by_form as (
    {%- for form, column in [('narrative', 'narrative'), ('2014', 'form_2014'), ('2019', 'form_2019'), ('2021', 'form_2021')] %}
    select series_code, '{{ form }}' as form, unnest(string_split({{ column }}, ' ')) as term from harmonised
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

terms as (
    {{ parse_terms('by_form') }}
)

select * from terms
