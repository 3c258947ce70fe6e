{{ config(materialized='by_document') }}

with reports_to_build as (
    {{ keys_to_build('int_check_contexts') }}
),

failures as (
    select * from {{ ref('int_checks_evaluated') }}
    where result = 'fail' and report_id in (select report_id from reports_to_build)
),

reports as (
    select * from {{ ref('dim_report') }}
),

checks as (
    select * from {{ ref('checks') }}
),

applicants as (
    select * from {{ ref('applicants') }}
),

verdicts as (
    select * from {{ ref('verdicts') }}
),

described as (
    select
        -- The same failure of the same report keeps its id, whatever other reports come to say; other figures of its own
        -- make another finding. It begins with a letter: a spreadsheet would take 058584916788 for a number.
        'f' || left(md5(concat_ws(
            '|', failures.report_id, failures.check_code, failures.applicant_type, failures.own_figures
        )), 16) as finding_id,
        failures.report_id,
        failures.check_code,
        checks.severity,
        failures.applicant_type,
        failures.expected::decimal(20, 4) as expected,
        failures.actual::decimal(20, 4) as actual,
        failures.difference::decimal(20, 4) as difference,
        {%- for language in ['zh', 'en'] %}
        {{ fill_message('checks.message_' ~ language, {
            'name': 'checks.name_' ~ language,
            'left': plain_number('failures.expected'),
            'right': plain_number('failures.actual'),
            'difference': plain_number('abs(failures.difference)'),
            'applicant': "if(failures.applicant_type = 'all', '', '"
                ~ {'zh': '（', 'en': ' ('}[language] ~ "' || applicants.name_" ~ language ~ " || '"
                ~ {'zh': '）', 'en': ')'}[language] ~ "')",
            'detail': 'failures.detail_' ~ language,
        }) }} as message_{{ language }},
        {%- endfor %}
        list_sort(coalesce(failures.observation_ids, [])) as observation_ids,
        coalesce(failures.blank_count, 0)::integer as blank_count,
    from failures
    inner join reports on failures.report_id = reports.report_id
    inner join checks on failures.check_code = checks.check_code
    left join applicants on failures.applicant_type = applicants.applicant_type
),

judged as (
    select
        described.*,
        verdicts.verdict,
        verdicts.note as verdict_note,
    from described
    left join verdicts on described.finding_id = verdicts.finding_id
)

select * from judged
