with reports as (
    select * from {{ ref('dim_report') }}
),

years as (
    select * from {{ ref('dim_year') }}
),

figures as (
    select * from {{ ref('int_check_figures') }}
),

-- Forms that are a table of statistics, and forms of several tables.
official_forms as (
    select forms.form, bool_or(shapes.form_part = 'statistics') as is_statistics
    from {{ ref('forms') }} as forms
    inner join {{ ref('form_shapes') }} as shapes on list_contains(string_split(shapes.forms, ';'), forms.form)
    where forms.labels_needed is not null
    group by forms.form
),

figure_counts as (
    select report_id, count(value) as figure_count from figures
    group by report_id
),

described as (
    select
        reports.*,
        coalesce(figure_counts.figure_count, 0) as figure_count,
        years.form as form_prescribed,
        official_forms.is_statistics,
        punctuality.punctuality,
        punctuality.deadline_on,
        punctuality.first_published_on,
        punctuality.days_after_deadline,
    from reports
    left join figure_counts on reports.report_id = figure_counts.report_id
    left join {{ ref('int_report_punctuality') }} as punctuality on reports.report_id = punctuality.report_id
    left join years on reports.year = years.year
    left join official_forms on years.form = official_forms.form
),

-- Whose report it is, of when, on which form, in time: one row a check. NULL is not judged.
checked as (
    select
        report_id,
        unnest([
            'Q-AGENCY', 'Q-REGION', 'Q-YEAR', 'Q-NO-FIGURES', 'Q-NO-FORM', 'Q-NO-TABLE', 'L-DEADLINE', 'L-FUTURE',
        ]) as check_code,
        unnest([
            agency_id is null,
            region_code is null and level_code is distinct from 'national',
            year is null,
            figure_count = 0,
            case when not is_statistics then form = 'narrative' end,
            case when is_statistics then form = 'narrative' end,
            case when deadline_on is not null then punctuality != 'in_time' end,
            published_on > current_date,
        ]) as is_wrong,
        unnest([
            null, null, null, null, form_prescribed, form_prescribed,
            first_published_on || ' > ' || deadline_on, published_on::varchar,
        ]) as detail,
        days_after_deadline,
        punctuality,
    from described
),

judged as (
    select
        report_id,
        check_code,
        'all' as applicant_type,
        case
            when not is_wrong then 'pass'
            when check_code = 'L-DEADLINE' and punctuality = 'unknown' then 'uncertain'
            else 'fail'
        end as result,
        null::decimal(20, 4) as expected,
        case when check_code = 'L-DEADLINE' then days_after_deadline end::decimal(20, 4) as actual,
        null::decimal(20, 4) as difference,
        0 as blank_count,
        null::varchar[] as observation_ids,
        detail as detail_zh,
        detail as detail_en,
    from checked
    where is_wrong is not null
)

select * from judged
