-- A verdict on a finding that its report no longer has says nothing: the report was read otherwise, or a rule was changed.
-- Take its row out of seeds/people/verdicts.csv or judge the report anew. Rows of reports that this warehouse does not hold,
-- or whose check rests on another report that it does not hold, wait.
with verdicts as (
    select * from {{ ref('verdicts') }}
),

decided as (
    select distinct report_id, check_code from {{ ref('int_checks_evaluated') }}
    where result in ('pass', 'fail')
),

without_effect as (
    select verdicts.report_id, verdicts.check_code, verdicts.finding_id, verdicts.verdict
    from verdicts
    inner join decided
        on verdicts.report_id = decided.report_id
        and verdicts.check_code = decided.check_code
    anti join {{ ref('findings') }} as findings on verdicts.finding_id = findings.finding_id
)

select * from without_effect
