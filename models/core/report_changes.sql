with reports as (
    select * from {{ ref('dim_report') }} where same_as_report_id is null
),

versions as (
    select
        newer.report_id,
        older.report_id as previous_report_id,
        newer.agency_id,
        newer.year,
        newer.version_no,
    from reports as newer
    inner join reports as older
        on newer.agency_id = older.agency_id
        and newer.year = older.year
        and newer.scope is not distinct from older.scope
        and newer.is_table_alone is not distinct from older.is_table_alone
        and newer.version_no = older.version_no + 1
),

observations as (
    select * from {{ ref('observations') }}
    where is_selected
        and report_id in (
            select report_id from versions
            union all
            select previous_report_id from versions
        )
),

new_figures as (
    select
        versions.*,
        observations.indicator_code,
        observations.applicant_type,
        observations.category_label,
        observations.value,
    from versions
    inner join observations on versions.report_id = observations.report_id
),

old_figures as (
    select
        versions.*,
        observations.indicator_code,
        observations.applicant_type,
        observations.category_label,
        observations.value,
    from versions
    inner join observations on versions.previous_report_id = observations.report_id
),

differing as (
    select
        coalesce(new_figures.report_id, old_figures.report_id) as report_id,
        coalesce(new_figures.previous_report_id, old_figures.previous_report_id) as previous_report_id,
        coalesce(new_figures.agency_id, old_figures.agency_id) as agency_id,
        coalesce(new_figures.year, old_figures.year) as year,
        coalesce(new_figures.version_no, old_figures.version_no) as version_no,
        coalesce(new_figures.indicator_code, old_figures.indicator_code) as indicator_code,
        coalesce(new_figures.applicant_type, old_figures.applicant_type) as applicant_type,
        coalesce(new_figures.category_label, old_figures.category_label) as category_label,
        old_figures.value as old_value,
        new_figures.value as new_value,
        case
            when old_figures.value is null then 'added'
            when new_figures.value is null then 'removed'
            else 'changed'
        end as change,
    from new_figures
    full outer join old_figures
        on new_figures.report_id = old_figures.report_id
        and new_figures.indicator_code = old_figures.indicator_code
        and new_figures.applicant_type = old_figures.applicant_type
        and new_figures.category_label is not distinct from old_figures.category_label
    where new_figures.value is distinct from old_figures.value
),

withdrawn as (
    select
        report_id,
        agency_id,
        year,
        version_no,
        'withdrawn' as change,
    from reports
    where withdrawn_at is not null
),

changes as (
    select * from differing
    union all by name
    select * from withdrawn
)

select * from changes
