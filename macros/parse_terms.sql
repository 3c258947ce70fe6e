{# Terms as seeds write them taken apart. A term reads like -2*application.received:enterprise@previous: a sign, perhaps
   a factor, an indicator or a number, perhaps an applicant type, and perhaps whose figure it is. `terms`: a CTE with a
   column `term` beside others. Gives factor, indicator_code (NULL for a number), term_applicant_type (NULL where the
   term names none) and place. #}
{% macro parse_terms(terms) -%}
with signed as (
    select
        * exclude (term),
        if(starts_with(term, '-'), -1, 1) as sign,
        coalesce(nullif(split_part(term, '@', 2), ''), 'here') as place,
        nullif(split_part(split_part(term, '@', 1), ':', 2), '') as term_applicant_type,
        split_part(split_part(ltrim(term, '+-'), '@', 1), ':', 1) as factor_and_name,
    from {{ terms }}
    where term != ''
),

named as (
    select
        * exclude (sign, factor_and_name),
        split_part(factor_and_name, '*', -1) as name,
        sign * if(contains(factor_and_name, '*'), split_part(factor_and_name, '*', 1)::decimal(20, 4), 1) as multiplier,
    from signed
)

select
    * exclude (name, multiplier),
    case when try_cast(name as decimal(20, 4)) is null then name end as indicator_code,
    multiplier * coalesce(try_cast(name as decimal(20, 4)), 1) as factor,
from named
{%- endmacro %}

{# A term as seeds write it; its parts are named. #}
{% macro term_pattern() -%}[+-]?(?:(?P<factor>[0-9]+(?:\.[0-9]+)?)\*)?(?P<name>[a-z0-9_.]+)(?::(?P<applicant>[a-z_]+))?(?:@(?P<place>[a-z]+))?{%- endmacro %}
