{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

tables as (
    select tables.*
    from {{ ref('int_tables_recognised') }} as tables
    inner join documents_to_build on tables.document_id = documents_to_build.document_id
),

-- What the tables of a document say together: a form may be cut into several.
signs as (
    select
        document_id,
        bool_or(regexp_matches(form_parts, 'matters|application|appeals')) as has_recent_parts,
        sum(labels_only_2019) + count_if(has_other_in_one_row) as signs_2019,
        sum(labels_only_2021) as signs_2021,
        sum(statistics_labels) as signs_statistics,
        sum(labels_only_2014) as signs_2014,
    from tables
    group by document_id
),

-- The forms of 2019 and 2021 share the tables of applications and appeals: then the year of the title tells.
titles as (
    select
        titles.document_id,
        try_cast(regexp_extract({{ arabic_digits('titles.title') }}, '20\d\d') as integer) as year,
    from {{ ref('int_document_titles') }} as titles
    inner join documents_to_build on titles.document_id = documents_to_build.document_id
),

forms_recognised as (
    select
        documents_to_build.document_id,
        case
            when signs.has_recent_parts and signs.signs_2021 > signs.signs_2019 then '2021'
            when signs.has_recent_parts and signs.signs_2021 < signs.signs_2019 then '2019'
            when signs.has_recent_parts and titles.year < 2021 then '2019'
            when signs.has_recent_parts then '2021'
            -- Local tables before 2014 share some labels with the form, but never most of it.
            when signs.signs_2014 >= 8 then '2014'
            else 'narrative'
        end as form,
        case
            when signs.document_id is null then 'no table'
            when signs.has_recent_parts
                then 'labels of the form of 2021: ' || signs_2021 || ', of that of 2019: ' || signs_2019
            when signs.signs_statistics > 0
                then 'labels of the form of 2014: ' || signs_2014 || ', of statistics: ' || signs_statistics
            else 'no table of an official form'
        end as form_reason,
    from documents_to_build
    left join signs on documents_to_build.document_id = signs.document_id
    left join titles on documents_to_build.document_id = titles.document_id
)

select * from forms_recognised
