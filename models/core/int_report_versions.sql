with identified as (
    select * from {{ ref('int_reports_identified') }}
),

contents as (
    select * from {{ ref('int_report_contents') }}
),

titles as (
    select document_id, title, class_reason = 'table_alone' as is_table_alone from {{ ref('int_documents_classified') }}
),

documents as (
    select document_id, forgotten_at from {{ ref('stg_raw__documents') }}
),

-- When and where a document was met first (a run goes through a folder in the order of names), and since when it is
-- nowhere any more.
places as (
    select
        document_id,
        min(row(first_seen_at, source_file, coalesce(archive_member, ''), document_id)) as first_met,
        case when bool_and(withdrawn_at is not null) then max(withdrawn_at) end as gone_at,
    from {{ ref('stg_raw__document_sources') }}
    group by document_id
),

-- Versions are of one body, year and scope, and a table alone in a file is none of a report. A body or year that cannot be told has none: only the same words with the
-- same figures are the same report.
grouped as (
    select
        identified.document_id,
        identified.agency_key,
        identified.published_on,
        identified.published_at,
        case
            when identified.agency_key is not null and identified.year is not null and not identified.is_one_of_many
                then concat_ws(
                    ' ', 'told', if(titles.is_table_alone, 'table', null), identified.agency_key, identified.year,
                    identified.scope
                )
            when contents.words_version is null then identified.document_id
            else concat_ws(
                ' ', 'open', identified.agency_name, identified.year, identified.scope, contents.words_version,
                contents.figures_version
            )
        end as version_group,
        coalesce(contents.figures_version, contents.words_version, identified.document_id) as states,
        contents.figure_count,
        coalesce(contents.text_version, identified.document_id) as text_version,
        coalesce(regexp_matches(titles.title, '{{ words("version_words") }}'), false) as is_titled_newer,
        places.first_met,
        places.gone_at,
        documents.forgotten_at,
    from identified
    inner join contents on identified.document_id = contents.document_id
    inner join places on identified.document_id = places.document_id
    inner join documents on identified.document_id = documents.document_id
    left join titles on identified.document_id = titles.document_id
),

-- One version are those that state the same figures, and those of the same text, whatever was read of each.
alike as (
    select
        *,
        first_value(states) over (
            partition by version_group, text_version
            order by figure_count desc, states
        ) as content,
    from grouped
),

-- The document that was met first stands for its version, so that a page crawled again changes no report_id.
versions as (
    select
        version_group,
        content,
        min(first_met) as first_met,
        arg_min(document_id, first_met) as first_document_id,
        arg_min(agency_key, first_met) as agency_key,
        min(published_on) as published_on,
        min(published_at) as first_published_at,
        bool_or(is_titled_newer) as is_titled_newer,
        case
            when bool_or(forgotten_at is not null) then max(forgotten_at)
            when bool_and(gone_at is not null) then max(gone_at)
        end as withdrawn_at,
    from alike
    group by version_group, content
),

-- A version without a day is not older than what had been met before it; where its title says that it takes the place of
-- another, not older than any.
by_day as (
    select
        * exclude (first_published_at),
        case when first_published_at::date = published_on then first_published_at end as published_at,
        coalesce(
            published_on,
            case when is_titled_newer then max(published_on) over (partition by version_group) end,
            max(published_on) over (partition by version_group order by first_met)
        ) as day_reached,
    from versions
),

-- The same with a version without a time, among those of its day.
by_time as (
    select
        *,
        coalesce(
            published_at,
            case when is_titled_newer then max(published_at) over (partition by version_group, day_reached) end,
            max(published_at) over (partition by version_group, day_reached order by first_met)
        ) as time_reached,
    from by_day
),

numbered as (
    select
        *,
        row_number() over (
            partition by version_group
            order by day_reached nulls first, time_reached nulls first, is_titled_newer, first_met
        )::integer as version_no,
    from by_time
),

standing as (
    select
        *,
        coalesce(
            version_no = max(version_no) filter (where withdrawn_at is null) over (partition by version_group), false
        ) as is_current,
    from numbered
),

described as (
    select
        alike.document_id,
        standing.agency_key,
        standing.version_no,
        standing.is_current and alike.document_id = standing.first_document_id as is_current,
        case
            when alike.document_id != standing.first_document_id
                then {{ report_id('standing.first_document_id') }}
        end as same_as_report_id,
        coalesce(alike.published_on, standing.published_on) as published_on,
        coalesce(
            alike.published_at,
            case when alike.published_on is not distinct from standing.published_on then standing.published_at end
        ) as published_at,
        standing.withdrawn_at,
        standing.is_titled_newer,
    from alike
    inner join standing
        on alike.version_group = standing.version_group
        and alike.content = standing.content
)

select * from described
