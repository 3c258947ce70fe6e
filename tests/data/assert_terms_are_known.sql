-- A term of a check, metric or series that names no indicator, no column of the form or no known place would silently
-- be missing in every report.
with terms as (
    select check_code as code, indicator_code, term_applicant_type, place from {{ ref('int_check_terms') }}
    union all
    select metric_code as code, indicator_code, term_applicant_type, place from {{ ref('int_metric_terms') }}
    union all
    select series_code as code, indicator_code, coalesce(term_applicant_type, 'all') as term_applicant_type, place
    from {{ ref('int_series_terms') }}
),

list_items as (
    select check_code as code, unnest(string_split(left_side, ' ')) as item from {{ ref('checks') }}
    where kind != 'identity' and left_side is not null
),

problems as (
    select code, indicator_code as term, 'no such indicator' as problem from terms
    where indicator_code is not null
        -- People are counted outside the reports.
        and indicator_code != 'population.resident'
        and indicator_code not in (select indicator_code from {{ ref('indicators') }})
    union all
    select code, term_applicant_type as term, 'no such applicant type' as problem from terms
    where term_applicant_type not in (select applicant_type from {{ ref('applicants') }})
    union all
    select code, place as term, 'no such place' as problem from terms
    where place not in ('here', 'previous', 'own', 'children')
    union all
    select code, item as term, 'no such indicator' as problem from list_items
    where item != '*'
        and not exists (
            select 1 from {{ ref('indicators') }} as indicators
            where indicators.indicator_code = list_items.item
                or (list_items.item like '%.' and starts_with(indicators.indicator_code, list_items.item))
        )
)

select distinct * from problems
