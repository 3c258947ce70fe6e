with checks as (
    select * from {{ ref('checks') }}
),

applicants as (
    select * from {{ ref('applicants') }}
),

sides as (
    select check_code, applicants, 'left' as side, unnest(string_split(left_side, ' ')) as term from checks
    where kind = 'identity'
    union all
    select check_code, applicants, 'right' as side, unnest(string_split(right_side, ' ')) as term from checks
    where kind = 'identity'
),

-- A term reads like -2*application.received@previous: sign, factor, indicator or number, and whose figure it is.
parsed as (
    select
        check_code,
        applicants,
        side,
        case when starts_with(term, '-') then -1 else 1 end as sign,
        split_part(ltrim(term, '+-'), '@', 1) as factor_and_name,
        coalesce(nullif(split_part(term, '@', 2), ''), 'here') as place,
    from sides
),

named as (
    select
        check_code,
        applicants,
        side,
        place,
        split_part(factor_and_name, '*', -1) as name,
        case when contains(factor_and_name, '*') then split_part(factor_and_name, '*', 1)::decimal(20, 4) else 1 end
        * sign as factor,
    from parsed
),

-- `applicants` says in which columns of the form the check holds: the total alone, each column on its own, each but
-- the total, or (parts) all others on the left against the total on the right.
in_columns as (
    select
        named.* exclude (applicants),
        case when named.applicants = 'parts' then 'all' else applicants.applicant_type end as applicant_type,
        applicants.applicant_type as term_applicant_type,
    from named
    inner join applicants
        on case named.applicants
            when 'all' then applicants.applicant_type = 'all'
            when 'each' then true
            when 'each_part' then applicants.applicant_type != 'all'
            when 'parts' then (applicants.applicant_type = 'all') = (named.side = 'right')
        end
),

-- A bare number is its own value: a factor without an indicator.
terms as (
    select
        check_code,
        applicant_type,
        side,
        place,
        case when try_cast(name as decimal(20, 4)) is null then name end as indicator_code,
        term_applicant_type,
        factor * coalesce(try_cast(name as decimal(20, 4)), 1) as factor,
        factor * case side when 'left' then 1 else -1 end > 0 as raises_left,
        bool_and(place = 'here') over (partition by check_code) as is_within_report,
    from in_columns
)

select * from terms
