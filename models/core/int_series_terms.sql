with harmonised_terms as (
    select * from {{ ref('harmonised_terms') }}
),

by_forms as (
    select series_code, forms as meaning, unnest(string_split(forms, ';')) as form, terms from harmonised_terms
),

by_form as (
    select series_code, meaning, form, unnest(string_split(terms, ' ')) as term from by_forms
),

terms as (
    {{ parse_terms('by_form') }}
)

select * from terms
