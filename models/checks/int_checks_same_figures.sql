{{ config(materialized='by_document') }}

with years_to_build as (
    {{ keys_to_build('int_year_contexts') }}
),

-- Those of the years before, too, for comparison.
reports as (
    select * from {{ ref('dim_report') }}
    where
        is_current
        and agency_id is not null
        and year in (select year from years_to_build union all select year - 1 from years_to_build)
),

checks as (
    select * from {{ ref('checks') }}
),

figures as (
    select * from {{ ref('int_check_figures') }}
),

-- Zeros agree by themselves: a report is compared by its other figures.
fingerprints as (
    select
        reports.report_id,
        reports.agency_id,
        reports.entity_id,
        reports.body_no,
        reports.agency_name,
        reports.year,
        reports.scope,
        count(*) as figure_count,
        hash(string_agg(
            concat_ws('|', figures.indicator_code, figures.applicant_type, figures.value),
            ';' order by figures.indicator_code, figures.applicant_type
        )) as fingerprint,
    from reports
    inner join figures on reports.report_id = figures.report_id
    where figures.value != 0 and figures.indicator_code != 'disclosure.by_category'
    group by all
),

against_last_year as (
    select
        'X-SAME' as check_code,
        these.report_id,
        these.year,
        these.figure_count,
        these.fingerprint = previous.fingerprint as is_same,
        previous.year || '年' as detail_zh,
        previous.year::varchar as detail_en,
    from fingerprints as these
    inner join fingerprints as previous
        on {{ is_of_year_before('these', 'previous') }}
    where these.figure_count >= {{ threshold('fewest_figures_repeated') }}
),

against_others as (
    select
        'X-DUP' as check_code,
        report_id,
        year,
        figure_count,
        -- A body that reports on its own level and on its whole area may well give the same figures.
        count(distinct agency_id) over same_figures > 1 as is_same,
        array_to_string(list_sort(list_distinct(list_filter(
            list(agency_name) over same_figures, lambda name: name is distinct from agency_name
        )))[1:3], '、') as detail_zh,
        detail_zh as detail_en,
    from fingerprints
    where figure_count >= {{ threshold('fewest_figures_shared') }}
    window same_figures as (partition by year, fingerprint)
),

compared as (
    select * from against_last_year
    union all by name
    select * from against_others
),

judged as (
    select
        compared.report_id,
        compared.year,
        compared.check_code,
        'all' as applicant_type,
        if(compared.is_same, 'fail', 'pass') as result,
        null::decimal(20, 4) as expected,
        compared.figure_count::decimal(20, 4) as actual,
        null::decimal(20, 4) as difference,
        0 as blank_count,
        null::varchar[] as observation_ids,
        compared.detail_zh,
        compared.detail_en,
    from compared
    inner join checks on compared.check_code = checks.check_code
    where compared.year in (select year from years_to_build)
)

select * from judged
