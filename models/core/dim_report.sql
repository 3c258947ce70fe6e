with identified as (
    select * from {{ ref('int_reports_identified') }}
),

documents as (
    select * from {{ ref('stg_raw__documents') }}
),

lines as (
    select * from {{ ref('int_agency_lines') }}
),

versions as (
    select * from {{ ref('int_report_versions') }}
),

parts as (
    select * from {{ ref('int_report_parts') }}
),

-- A report whose figures stand in a file of their own is on the form of that.
forms_of_parts as (
    select parts.report_document_id as document_id, max(identified.form) as form
    from parts
    inner join identified on parts.document_id = identified.document_id
    where parts.report_document_id is not null
    group by parts.report_document_id
),

versioned as (
    select
        identified.* replace (
            versions.agency_key as agency_key,
            versions.published_on as published_on,
            versions.published_at as published_at,
            if(identified.form = 'narrative', coalesce(forms_of_parts.form, identified.form), identified.form) as form
        ),
        documents.source_file,
        documents.archive_member,
        {{ agency_id('versions.agency_key') }} as agency_id,
        versions.version_no,
        versions.is_current and coalesce(parts.stands_alone, true) as is_current,
        versions.same_as_report_id,
        versions.withdrawn_at,
        parts.document_id is not null as is_table_alone,
        case when parts.report_document_id is not null then {{ report_id('parts.report_document_id') }} end
            as part_of_report_id,
        parts.part_evidence,
    from identified
    inner join documents on identified.document_id = documents.document_id
    inner join versions on identified.document_id = versions.document_id
    left join parts on identified.document_id = parts.document_id
    left join forms_of_parts on identified.document_id = forms_of_parts.document_id
),

described as (
    select
        {{ report_id('document_id') }} as report_id,
        document_id,
        source_file,
        archive_member,
        versioned.agency_id,
        {{ agency_id('lines.entity_key') }} as entity_id,
        lines.body_no,
        agency_name,
        agency_kind,
        versioned.region_code,
        level_code,
        year,
        period_start,
        period_end,
        period_basis,
        published_on,
        published_at,
        form,
        scope,
        version_no,
        is_current,
        same_as_report_id,
        withdrawn_at,
        is_table_alone,
        part_of_report_id,
        part_evidence,
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
    left join lines on versioned.agency_key = lines.agency_key
)

select * from described
