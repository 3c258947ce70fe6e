-- A correction whose report no longer gives the expected value, or whose wanted candidate is gone, would do harm or
-- nothing: take its row out of seeds/people/corrections.csv or look at the report anew. Rows of reports that this warehouse
-- does not hold wait, unless the same file is there with other content.
with corrections as (
    select * from {{ ref('corrections') }}
),

reports as (
    select document_id, {{ report_id('document_id') }} as report_id, source_file from {{ ref('stg_raw__documents') }}
),

readings as (
    select *, {{ report_id('document_id') }} as report_id from {{ ref('int_candidates_chosen') }}
),

compared as (
    select
        corrections.report_id,
        corrections.indicator_code,
        corrections.applicant_type,
        corrections.category_label,
        corrections.action,
        corrections.expected_value,
        corrections.value,
        max(readings.value) filter (where readings.is_selected) as current_value,
        coalesce(bool_or(readings.value = corrections.value), false) as has_candidate,
    from corrections
    left join readings
        on corrections.report_id = readings.report_id
        and corrections.indicator_code = readings.indicator_code
        and corrections.applicant_type = readings.applicant_type
        and corrections.category_label is not distinct from readings.category_label
    where corrections.report_id in (select report_id from reports)
    group by all
),

without_effect as (
    select *, 'the report gives another value now' as problem from compared
    where current_value is distinct from expected_value
    union all
    select *, 'no candidate has this value' as problem from compared
    where action = 'select' and not has_candidate
    union all
    select *, 'there is no value to drop' as problem from compared
    where action = 'drop' and current_value is null
),

unmet as (
    select * from corrections
    where report_id not in (select report_id from reports)
),

content_changed as (
    select
        unmet.report_id,
        unmet.indicator_code,
        unmet.applicant_type,
        unmet.category_label,
        unmet.action,
        unmet.expected_value,
        unmet.value,
        null as current_value,
        false as has_candidate,
        'the file has other content now: ' || reports.report_id as problem,
    from unmet
    inner join reports on unmet.source_file = reports.source_file
)

select * from without_effect
union all
select * from content_changed
