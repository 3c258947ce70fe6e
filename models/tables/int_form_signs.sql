{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

labels as (
    select labels.*
    from {{ ref('int_labels_matched') }} as labels
    inner join documents_to_build on labels.document_id = documents_to_build.document_id
),

group_labels as (
    select row_code, unnest(string_split(forms, ';')) as form
    from {{ ref('form_labels') }}
    where row_code is not null and place is null
),

forms_of_parts as (
    select form_part, list(distinct form) as forms
    from (
        select form_part, unnest(string_split(forms, ';')) as form
        from {{ ref('int_form_shapes') }}
    ) as parts
    group by form_part
),

-- A group of rows on some forms is a row of its own on others, where none stand below it: then it has figures.
groups_as_rows as (
    select distinct row_code, form from {{ ref('int_form_rows') }} where place is null
),

groups_of_some as (
    select groups_as_rows.*
    from groups_as_rows
    semi join (
        select row_code from group_labels
        group by row_code
        having count(distinct form) > (select count(*) from groups_as_rows where row_code = group_labels.row_code)
    ) as groups_elsewhere
        on groups_as_rows.row_code = groups_elsewhere.row_code
),

signs as (
    select labels.document_id, labels.table_no, labels.label as sign, unnest(string_split(labels.forms, ';')) as form
    from labels
    inner join forms_of_parts on labels.form_part = forms_of_parts.form_part
    where not list_has_all(string_split(labels.forms, ';'), forms_of_parts.forms)
    union
    select labels.document_id, labels.table_no, labels.label_code || ' with figures' as sign, groups_of_some.form
    from labels
    inner join groups_of_some on labels.label_code = groups_of_some.row_code
    where labels.figure_count > 0
)

select document_id, form, count(*) as sign_count from signs
group by document_id, form
