{# Each term of a column of terms (see the macro parse_terms) is well formed, and its indicator stands in the column
   `field` of `to` or in `also`, its applicant type in `applicants`, its place in `places`. A term that is not known would
   silently be missing in every report. Returns the rows with such a term. #}
{% test known_terms(model, column_name, to, field, applicants, places, also=[]) %}
with terms as (
    select
        *,
        unnest(string_split({{ column_name }}, ' ')) as term,
    from {{ model }}
    where {{ column_name }} is not null
),

parsed as (
    select
        *,
        regexp_extract(term, '{{ term_pattern() }}', ['factor', 'name', 'applicant', 'place']) as part,
    from terms
)

select *
from parsed
where
    not regexp_full_match(term, '{{ term_pattern() }}')
    or (
        try_cast(part.name as decimal(20, 4)) is null
        and part.name not in (select {{ field }} from {{ to }})
        and part.name not in ({% for name in also %}{{ literal(name) }}, {% endfor %}'')
    )
    or part.applicant not in (select applicant_type from {{ applicants }} union all select '')
    or part.place not in ({% for place in places %}{{ literal(place) }}, {% endfor %}'')
{% endtest %}
