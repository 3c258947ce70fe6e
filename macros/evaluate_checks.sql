{# Compares both sides of identities. `instances`: a CTE of reports and the terms that apply to them (report_id and the
   columns of int_check_terms), `figures`: a CTE of report_id, place, indicator_code, applicant_type, value (NULL for a
   blank cell), is_exact, is_doubtful, observation_ids. Gives one row a report, check and applicant type.

   A blank cell counts as zero here and only here, and blank_count says how many did; where the seed says so, a blank
   leaves the result open instead, as a missing figure does. A figure that is missing (its row
   was not found) leaves the result open wherever it could make good the difference, and that of another report (a body below
   that did not report) wherever a sum must be equal. Nothing is judged where a whole side is missing. #}
{% macro evaluate_checks(instances, figures) -%}
with valued as (
    select
        instances.report_id,
        instances.check_code,
        instances.applicant_type,
        instances.side,
        instances.place = 'here' as is_own,
        instances.raises_left,
        instances.factor * case when instances.indicator_code is null then 1 else figures.value end as amount,
        figures.report_id is not null and figures.value is null as is_blank,
        instances.indicator_code is not null and figures.report_id is null as is_missing,
        coalesce(figures.is_exact, true) as is_exact,
        coalesce(figures.is_doubtful, false) as is_doubtful,
        figures.observation_ids,
        coalesce(checks.blank_is_open, false) as blank_is_open,
    from {{ instances }} as instances
    inner join {{ ref('checks') }} as checks on instances.check_code = checks.check_code
    left join {{ figures }} as figures
        on instances.report_id = figures.report_id
        and instances.place = figures.place
        and instances.indicator_code = figures.indicator_code
        and instances.term_applicant_type = figures.applicant_type
),

summed as (
    select
        report_id,
        check_code,
        applicant_type,
        coalesce(sum(amount) filter (where side = 'left'), 0)::decimal(20, 4) as left_sum,
        coalesce(sum(amount) filter (where side = 'right'), 0)::decimal(20, 4) as right_sum,
        left_sum - right_sum as excess,
        -- What the report itself says, whatever others say: a finding is known again by it.
        concat_ws(
            ' ',
            coalesce(sum(amount) filter (where is_own and side = 'left'), 0)::decimal(20, 4),
            coalesce(sum(amount) filter (where is_own and side = 'right'), 0)::decimal(20, 4)
        ) as own_figures,
        count(amount) filter (where side = 'left') > 0 as has_left,
        count(amount) filter (where side = 'right') > 0 as has_right,
        count(*) filter (where observation_ids is not null) as stated_count,
        count(*) filter (where is_blank) as blank_count,
        bool_or((is_missing or (is_blank and blank_is_open)) and raises_left) as could_rise,
        bool_or((is_missing or (is_blank and blank_is_open)) and not raises_left) as could_fall,
        bool_or(is_missing and not is_own) as lacks_another,
        bool_and(is_exact) as is_exact,
        bool_or(is_doubtful) as is_doubtful,
        flatten(list(observation_ids order by observation_ids) filter (where observation_ids is not null))
            as observation_ids,
    from valued
    group by all
),

compared as (
    select
        summed.*,
        rtrim(checks.comparison, '?') as comparison,
        checks.comparison like '%?' as is_optional,
        case rtrim(checks.comparison, '?')
            when '<=' then excess <= coalesce(checks.tolerance, 0)
            when '<=>' then (left_sum > 0) = (right_sum > 0)
            when '=>' then has_right
            else abs(excess) <= coalesce(checks.tolerance, 0)
        end as holds,
        checks.severity,
    from summed
    inner join {{ ref('checks') }} as checks on summed.check_code = checks.check_code
),

judged as (
    select
        report_id,
        check_code,
        applicant_type,
        case
            when stated_count = 0 then 'not_applicable'
            when comparison = '=>' then if(has_left, if(holds, 'pass', 'fail'), 'not_applicable')
            when not (has_left and has_right) then if(is_optional, 'not_applicable', 'uncertain')
            when holds and comparison = '<=' and could_rise and not is_optional then 'uncertain'
            when holds and comparison = '=' and lacks_another then 'uncertain'
            when holds then 'pass'
            when not is_exact then 'uncertain'
            when is_doubtful and severity = 'hard' then 'uncertain'
            when excess < 0 and could_rise then 'uncertain'
            when excess > 0 and could_fall then 'uncertain'
            -- Parts far from their total are a selection of it, or lists within lists; one that nearly adds up has a slip.
            when comparison = 'near' and abs(excess) > right_sum * {{ threshold('parts_far_from_total') }}
                then 'uncertain'
            else 'fail'
        end as result,
        left_sum as expected,
        right_sum as actual,
        (right_sum - left_sum)::decimal(20, 4) as difference,
        blank_count,
        observation_ids,
        own_figures,
        null::varchar as detail_zh,
        null::varchar as detail_en,
    from compared
)

select * from judged
{%- endmacro %}

{# Which checks apply to which reports, by form and by kind and level of the body. Two CTEs in, one row a pair out. #}
{% macro report_checks(reports, checks) -%}
select reports.report_id, checks.check_code
from {{ reports }} as reports
inner join {{ checks }} as checks
    on list_contains(string_split(checks.forms, ';'), reports.form)
    and (
        checks.bodies is null
        or list_contains(string_split(checks.bodies, ';'), reports.agency_kind || ':' || reports.level_code)
    )
{%- endmacro %}
