with checks as (
    select * from {{ ref('checks') }}
    where kind = 'identity'
),

applicants as (
    select * from {{ ref('applicants') }}
),

sides as (
    select check_code, applicants, 'left' as side, unnest(string_split(left_side, ' ')) as term from checks
    union all
    select check_code, applicants, 'right' as side, unnest(string_split(right_side, ' ')) as term from checks
),

parsed as (
    {{ parse_terms('sides') }}
),

-- `applicants` says in which columns of the form the check holds: the total alone, each column on its own, each but
-- the total, or (parts) all others on the left against the total on the right.
in_columns as (
    select
        parsed.* exclude (applicants, term_applicant_type),
        if(parsed.applicants = 'parts', 'all', applicants.applicant_type) as applicant_type,
        applicants.applicant_type as term_applicant_type,
    from parsed
    inner join applicants
        on case parsed.applicants
            when 'all' then applicants.applicant_type = 'all'
            when 'each' then true
            when 'each_part' then applicants.applicant_type != 'all'
            when 'parts' then (applicants.applicant_type = 'all') = (parsed.side = 'right')
        end
),

terms as (
    select
        *,
        factor * if(side = 'left', 1, -1) > 0 as raises_left,
        bool_and(place = 'here') over (partition by check_code) as is_within_report,
    from in_columns
)

select * from terms
