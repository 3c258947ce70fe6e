with reports as (
    select * from {{ ref('dim_report') }}
    where published_on is not null
),

documents as (
    select * from {{ ref('stg_raw__documents') }}
),

sources as (
    select * from {{ ref('stg_raw__document_sources') }}
),

runs as (
    select * from {{ ref('stg_raw__ingest_runs') }}
),

-- PDF says D:20210131083000, Word 2021-01-31T08:30:00Z.
days_in_files as (
    select
        document_id,
        regexp_extract(
            coalesce(properties ->> 'CreationDate', properties ->> 'created', ''),
            '^(?:D:)?((?:19|20)\d\d)-?([01]\d)-?([0-3]\d)',
            ['year', 'month', 'day']
        ) as parts,
    from documents
),

made as (
    select document_id, try_cast(parts.year || '-' || parts.month || '-' || parts.day as date) as made_on
    from days_in_files
),

first_met as (
    select document_id, min(first_seen_at) as first_seen_at from sources
    group by document_id
),

-- Another content stood under the same path before: the report was changed, and is not new.
known_places as (
    select distinct newer.document_id
    from sources as newer
    inner join sources as older
        on newer.source_file = older.source_file
        and newer.archive_member is not distinct from older.archive_member
        and newer.first_seen_at > older.first_seen_at
),

-- The same command looked at the same folder before, and the report was not there. It says something only of reports
-- that were published while somebody looked: older ones may have been fetched at any time.
looked_in_vain as (
    select
        first_met.document_id,
        min(earlier_runs.started_at)::date as watched_since,
        max(earlier_runs.started_at)::date as not_there_on,
    from first_met
    inner join runs on first_met.first_seen_at = runs.started_at
    inner join runs as earlier_runs
        on runs.arguments = earlier_runs.arguments
        and runs.started_at > earlier_runs.started_at
    anti join known_places on first_met.document_id = known_places.document_id
    where earlier_runs.finished_at is not null
    group by first_met.document_id
),

compared as (
    select
        reports.report_id,
        reports.published_on,
        date_diff('day', reports.published_on, made.made_on) as days_until_made,
        date_diff('day', reports.published_on, looked_in_vain.not_there_on) as days_not_there,
        if(days_not_there > {{ threshold('days_of_grace') }}, looked_in_vain.not_there_on, made.made_on) as later_day,
        date_diff('day', reports.published_on, later_day) as days_later,
    from reports
    left join made on reports.document_id = made.document_id
    left join looked_in_vain
        on reports.document_id = looked_in_vain.document_id
        and reports.published_on >= looked_in_vain.watched_since
),

judged as (
    select
        report_id,
        'L-BACKDATE' as check_code,
        'all' as applicant_type,
        published_on::varchar as subject,
        case
            when days_not_there > {{ threshold('days_of_grace') }} then 'fail'
            when days_until_made > {{ threshold('days_of_moving') }} then 'uncertain'
            when days_until_made > {{ threshold('days_of_grace') }} then 'fail'
            else 'pass'
        end as result,
        null::decimal(20, 4) as expected,
        greatest(days_later, 0)::decimal(20, 4) as actual,
        null::decimal(20, 4) as difference,
        0 as blank_count,
        null::varchar[] as observation_ids,
        published_on || ' < ' || later_day as detail_zh,
        detail_zh as detail_en,
    from compared
    where later_day is not null
)

select * from judged
