{# Agencies often put the figures of a report in a file of their own. Which report such a table is a part of is told by
   the body and the year that it names; where it names none, by the only report of its archive, or of the page that links
   to it. Whatever the two name must agree. #}
with identified as (
    select * from {{ ref('int_reports_identified') }}
),

classified as (
    select * from {{ ref('int_documents_classified') }}
),

versions as (
    select * from {{ ref('int_report_versions') }} where is_current
),

current_reports as (
    select
        identified.document_id,
        if(identified.is_one_of_many, null, versions.agency_key) as agency_key,
        identified.agency_name,
        identified.year,
        identified.scope,
        classified.class_reason = 'table_alone' as is_table,
    from identified
    inner join versions on identified.document_id = versions.document_id
    inner join classified on identified.document_id = classified.document_id
),

tables as (
    select * from current_reports where is_table
),

reports as (
    select * from current_reports where not is_table
),

by_name as (
    select tables.document_id, reports.document_id as report_document_id, 'body and year' as evidence
    from tables
    inner join reports
        on tables.agency_key = reports.agency_key
        and tables.year = reports.year
        and coalesce(tables.scope = reports.scope, true)
),

-- Which files lie together: those of one folder of an archive, and of the folders in it.
members as (
    select
        document_id,
        source_file,
        regexp_extract(archive_member, '^(.*[/\\!])?[^/\\!]*$', 1) as folder,
    from {{ ref('stg_raw__document_sources') }}
    where archive_member is not null and withdrawn_at is null
),

beside as (
    select tables.document_id, reports.document_id as report_document_id, 'archive' as evidence
    from tables
    inner join members as own on tables.document_id = own.document_id
    inner join members as others on own.source_file = others.source_file and starts_with(own.folder, others.folder)
    inner join reports on others.document_id = reports.document_id
    qualify length(others.folder) = max(length(others.folder)) over (partition by tables.document_id)
),

links as (
    select
        documents.document_id,
        reports.document_id as report_document_id,
        unnest(string_split(documents.properties ->> 'attachments', '/')) as file_name,
    from {{ ref('stg_raw__documents') }} as documents
    inner join reports on documents.document_id = reports.document_id
),

linked as (
    select distinct tables.document_id, links.report_document_id, 'link' as evidence
    from tables
    inner join {{ ref('stg_raw__documents') }} as documents on tables.document_id = documents.document_id
    inner join links
        on lower(links.file_name) in (lower(documents.file_name), lower(parse_filename(documents.manifest_url)))
),

-- What the table does not say, its neighbours may; what it does say, they do not gainsay.
by_neighbour as (
    select neighbours.*
    from (select * from linked union all select * from beside) as neighbours
    inner join tables on neighbours.document_id = tables.document_id
    inner join reports on neighbours.report_document_id = reports.document_id
    anti join by_name on neighbours.document_id = by_name.document_id
    where (tables.agency_key is null or tables.year is null)
        and coalesce(tables.agency_key = reports.agency_key, true)
        and coalesce(ends_with(reports.agency_name, tables.agency_name), true)
        and coalesce(tables.year = reports.year, true)
        and coalesce(tables.scope = reports.scope, true)
),

candidates as (
    select * from by_name
    union
    select * from by_neighbour
),

counted as (
    select
        tables.document_id,
        count(distinct candidates.report_document_id) as candidate_count,
        case when candidate_count = 1 then any_value(candidates.report_document_id) end as report_document_id,
        case
            when candidate_count > 1
                then 'several reports: ' || string_agg(
                    distinct {{ report_id('candidates.report_document_id') }}, ', '
                    order by {{ report_id('candidates.report_document_id') }}
                )
            else min(candidates.evidence)
        end as part_evidence,
        -- A table of nobody knows what, or of one of several reports, may hold figures that stand in another one.
        candidate_count = 0 and any_value(tables.agency_key is not null and tables.year is not null) as stands_alone,
    from tables
    left join candidates on tables.document_id = candidates.document_id
    group by tables.document_id
)

select * exclude (candidate_count) from counted
