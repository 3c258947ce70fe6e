with identified as (
    select * from {{ ref('int_reports_identified') }}
),

documents as (
    select * from {{ ref('stg_raw__documents') }}
),

-- A later document of the same body, year and scope is a new version: a report on the own level and one on the whole
-- area stand side by side. What cannot be told apart stands for itself.
versioned as (
    select
        identified.*,
        documents.source_file,
        documents.archive_member,
        {{ agency_id('identified.agency_key') }} as agency_id,
        case
            when identified.agency_key is null or identified.year is null then identified.document_id
            else concat_ws('|', identified.agency_key, identified.year, identified.scope)
        end as version_group,
        row_number() over (
            partition by version_group
            order by identified.published_on nulls first, documents.first_seen_at, identified.document_id
        )::integer as version_no,
        row_number() over (
            partition by version_group
            order by identified.published_on desc nulls last, documents.first_seen_at desc, identified.document_id desc
        ) = 1 as is_current,
    from identified
    inner join documents on identified.document_id = documents.document_id
),

described as (
    select
        {{ report_id('document_id') }} as report_id,
        document_id,
        source_file,
        archive_member,
        agency_id,
        agency_name,
        agency_kind,
        region_code,
        level_code,
        year,
        period_start,
        period_end,
        period_basis,
        published_on,
        form,
        scope,
        version_no,
        is_current,
        agency_source,
        agency_evidence,
        agency_strength,
        region_evidence,
        region_strength,
        year_evidence,
        year_strength,
        year_contradicted_by,
        published_evidence,
    from versioned
)

select * from described
