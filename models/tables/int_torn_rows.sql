{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

documents_torn as (
    select distinct numbers.document_id
    from {{ ref('int_torn_numbers') }} as numbers
    inner join documents_to_build on numbers.document_id = documents_to_build.document_id
    where numbers.form_part in (select form_part from {{ ref('int_form_orders') }} where total_place is null)
),

lines as (
    select blocks.document_id, blocks.text_regular
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join documents_torn on blocks.document_id = documents_torn.document_id
    where blocks.kind in ('heading', 'paragraph') and length(blocks.text_regular) <= 160
    union all
    select cells.document_id, cells.text_regular
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_torn on cells.document_id = documents_torn.document_id
    where cells.table_kind = 'flat' and length(cells.text_regular) between 3 and 160
),

-- A unit and a figure may stand behind the label.
line_keys as (
    select document_id, {{ label_key_bare('text_squashed') }} as label_key
    from (
        select
            document_id,
            {{ squash("regexp_replace(text_regular, '(?:\s+\p{Han}{1,2})?(?:\s+[\d.]+)?\s*$', '')") }} as text_squashed,
        from lines
    ) as lines_squashed
),

form_rows as (
    select distinct form_rows.form, form_rows.form_part, form_rows.row_code, labels.label_key,
        coalesce(list_contains(string_split(labels.forms, ';'), form_rows.form), false) as is_own_wording,
    from {{ ref('int_form_rows') }} as form_rows
    inner join {{ ref('int_form_labels') }} as labels
        on form_rows.form_part = labels.form_part and form_rows.row_code = labels.label_code
    where
        labels.label_role = 'row'
        and form_rows.form in (select form from {{ ref('int_form_orders') }} where total_place is null)
        and form_rows.form_part in (select form_part from {{ ref('int_form_orders') }} where total_place is null)
),

-- 被依法纠错数 names two rows of a form: both stand there where it is said twice. What the form itself calls a row goes
-- before other wordings.
rows_of_keys as (
    select form, form_part, label_key, list(distinct row_code) as row_codes
    from (
        select *, bool_or(is_own_wording) over (partition by form, form_part, label_key) as has_own_wording from form_rows
    ) as wordings
    where is_own_wording or not has_own_wording
    group by form, form_part, label_key
),

keys_found as (
    select document_id, label_key, count(*) as times from line_keys group by document_id, label_key
),

torn_rows as (
    select distinct
        keys_found.document_id,
        rows_of_keys.form,
        rows_of_keys.form_part,
        unnest(rows_of_keys.row_codes) as row_code,
    from keys_found
    inner join rows_of_keys on keys_found.label_key = rows_of_keys.label_key
    where keys_found.times >= len(rows_of_keys.row_codes)
)

select * from torn_rows
