with reports as (
    select * from {{ ref('dim_report') }} where version_no > 1 and same_as_report_id is null
),

changes as (
    select * from {{ ref('report_changes') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

counted as (
    select
        reports.report_id,
        count(changes.indicator_code) as change_count,
        list_sort(list_distinct(list(indicators.name_zh)))[1:5] as names_zh,
        list_sort(list_distinct(list(indicators.name_en)))[1:5] as names_en,
    from reports
    left join changes on reports.report_id = changes.report_id
    left join indicators on changes.indicator_code = indicators.indicator_code
    group by reports.report_id
),

judged as (
    select
        report_id,
        'V-CHANGE' as check_code,
        'all' as applicant_type,
        if(change_count > 0, 'fail', 'pass') as result,
        0::decimal(20, 4) as expected,
        change_count::decimal(20, 4) as actual,
        change_count::decimal(20, 4) as difference,
        0 as blank_count,
        null::varchar[] as observation_ids,
        array_to_string(names_zh, '、') as detail_zh,
        array_to_string(names_en, ', ') as detail_en,
    from counted
)

select * from judged
