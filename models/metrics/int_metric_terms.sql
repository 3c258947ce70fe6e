with metrics as (
    select * from {{ ref('metric_definitions') }}
),

sides as (
    select metric_code, 'numerator' as side, unnest(string_split(numerator, ' ')) as term from metrics
    union all
    select metric_code, 'denominator' as side, unnest(string_split(denominator, ' ')) as term from metrics
    where denominator is not null
),

parsed as (
    {{ parse_terms('sides') }}
),

terms as (
    select * replace (coalesce(term_applicant_type, 'all') as term_applicant_type) from parsed
)

select * from terms
