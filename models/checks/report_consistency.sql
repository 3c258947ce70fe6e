{{ config(materialized='by_document') }}

with reports_to_build as (
    {{ keys_to_build('int_check_contexts') }}
),

results as (
    select * from {{ ref('int_checks_evaluated') }}
    where report_id in (select report_id from reports_to_build)
),

checks as (
    select * from {{ ref('checks') }}
),

all_reports as (
    select * from {{ ref('dim_report') }}
),

reports as (
    select * from all_reports
    where report_id in (select report_id from reports_to_build)
),

current_reports as (
    select * from all_reports where is_current and year is not null
),

completeness as (
    select * from {{ ref('int_report_completeness') }}
),

punctuality as (
    select * from {{ ref('int_report_punctuality') }}
),

prose as (
    select all_reports.report_id, prose.*
    from {{ ref('int_report_prose') }} as prose
    inner join all_reports on prose.document_id = all_reports.document_id
),

-- How much of last year's text is in this year's, and how much of what is said of problems is new.
text_reuse as (
    select report_id, actual as text_reuse from results
    where check_code = 'X-TEXT-SAME'
),

novelty as (
    select
        these.report_id,
        1 - length(list_intersect(these.problem_clauses, previous.problem_clauses)) / length(these.problem_clauses)
            as problems_novelty,
    from ({{ previous_reports('current_reports', 'current_reports') }}) as pairs
    inner join prose as these on pairs.report_id = these.report_id
    inner join prose as previous on pairs.source_report_id = previous.report_id
    where length(these.problem_clauses) > 0
        and pairs.report_id in (select report_id from reports_to_build)
),

accounted as (
    select
        report_id,
        round(
            count(*) filter (where block_no is not null and outcome != 'unread')
            / nullif(count(*) filter (where block_no is not null), 0), 4
        )::decimal(5, 4) as numbers_accounted,
        round(
            count(*) filter (where table_no is not null and outcome != 'unread')
            / nullif(count(*) filter (where table_no is not null), 0), 4
        )::decimal(5, 4) as cells_accounted,
    from {{ ref('quantities') }}
    where report_id in (select report_id from reports_to_build)
    group by report_id
),

counted as (
    select
        reports.report_id,
        count(*) filter (where results.result = 'pass')::integer as pass_count,
        count(*) filter (where results.result = 'fail')::integer as fail_count,
        count(*) filter (where results.result = 'uncertain')::integer as uncertain_count,
        count(*) filter (where results.result = 'not_applicable')::integer as not_applicable_count,
        count(*) filter (where results.result = 'pass' and results.blank_count > 0)::integer as pass_with_blanks_count,
        count(*) filter (where results.result = 'fail' and checks.severity = 'hard')::integer as hard_fail_count,
        count(*) filter (where results.result = 'pass' and checks.severity in ('hard', 'soft')) as sound_count,
        count(*) filter (where results.result = 'fail' and checks.severity in ('hard', 'soft')) as unsound_count,
        round(sound_count / nullif(sound_count + unsound_count, 0), 4)::decimal(5, 4) as consistency_score,
    from reports
    left join results on reports.report_id = results.report_id
    left join checks on results.check_code = checks.check_code
    group by all
),

described as (
    select
        counted.* exclude (sound_count, unsound_count),
        completeness.figures_asked::integer as figures_asked,
        completeness.figures_stated::integer as figures_stated,
        punctuality.punctuality,
        punctuality.why_unknown as punctuality_why_unknown,
        case when punctuality.punctuality != 'unknown' then punctuality.days_after_deadline end as days_after_deadline,
        text_reuse.text_reuse::decimal(5, 4) as text_reuse,
        prose.narrative_length,
        prose.problems_length,
        round(novelty.problems_novelty, 4)::decimal(5, 4) as problems_novelty,
        accounted.numbers_accounted,
        accounted.cells_accounted,
    from counted
    inner join punctuality on counted.report_id = punctuality.report_id
    left join completeness on counted.report_id = completeness.report_id
    left join prose on counted.report_id = prose.report_id
    left join text_reuse on counted.report_id = text_reuse.report_id
    left join novelty on counted.report_id = novelty.report_id
    left join accounted on counted.report_id = accounted.report_id
)

select * from described
