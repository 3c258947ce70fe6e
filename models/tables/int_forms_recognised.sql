{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

tables as (
    select tables.*
    from {{ ref('int_tables_recognised') }} as tables
    inner join documents_to_build on tables.document_id = documents_to_build.document_id
),

signs as (
    select signs.*
    from {{ ref('int_form_signs') }} as signs
    inner join documents_to_build on signs.document_id = documents_to_build.document_id
),

-- A form of which some labels are needed is told by them alone; any other by a table of one of its parts.
forms as (
    select forms.form, forms.labels_needed, min(regimes.from_year) as from_year
    from {{ ref('forms') }} as forms
    left join {{ ref('disclosure_regimes') }} as regimes on forms.form = regimes.form
    where forms.labels_needed is not null
    group by forms.form, forms.labels_needed
),

form_parts as (
    select distinct form_part, unnest(string_split(forms, ';')) as form from {{ ref('int_form_shapes') }}
),

titles as (
    select
        titles.document_id,
        try_cast(regexp_extract({{ arabic_digits('titles.title') }}, '20\d\d') as integer) as year,
    from {{ ref('int_document_titles') }} as titles
    inner join documents_to_build on titles.document_id = documents_to_build.document_id
),

-- What the tables of a document say together: a form may be cut into several.
parts_found as (
    select distinct document_id, unnest(string_split(form_parts, ',')) as form_part from tables
),

forms_with_parts as (
    select distinct parts_found.document_id, form_parts.form
    from parts_found
    inner join form_parts on parts_found.form_part = form_parts.form_part
),

-- Forms may share all tables that stand in a report: then it is on the newest that its year, as the title says, knew.
forms_possible as (
    select
        documents_to_build.document_id,
        forms.form,
        coalesce(signs.sign_count, 0) as sign_count,
        row_number() over (
            partition by documents_to_build.document_id
            order by
                forms.labels_needed = 0 desc,
                coalesce(signs.sign_count, 0) desc,
                coalesce(forms.from_year <= titles.year, true) desc,
                if(coalesce(forms.from_year <= titles.year, true), forms.from_year, -forms.from_year) desc
        ) as form_rank,
    from documents_to_build
    cross join forms
    left join signs on documents_to_build.document_id = signs.document_id and forms.form = signs.form
    left join forms_with_parts
        on documents_to_build.document_id = forms_with_parts.document_id and forms.form = forms_with_parts.form
    left join titles on documents_to_build.document_id = titles.document_id
    where
        if(
            forms.labels_needed = 0,
            forms_with_parts.document_id is not null,
            coalesce(signs.sign_count, 0) >= forms.labels_needed
        )
),

reasons as (
    select
        document_id,
        string_agg('labels of the form of ' || form || ': ' || sign_count, ', ' order by form_rank) as form_reason,
    from forms_possible
    group by document_id
),

forms_recognised as (
    select
        documents_to_build.document_id,
        coalesce(forms_possible.form, 'narrative') as form,
        coalesce(
            reasons.form_reason,
            if(documents_to_build.document_id in (select document_id from tables), 'no table of an official form', 'no table')
        ) as form_reason,
    from documents_to_build
    left join forms_possible
        on documents_to_build.document_id = forms_possible.document_id and forms_possible.form_rank = 1
    left join reasons on documents_to_build.document_id = reasons.document_id
)

select * from forms_recognised
