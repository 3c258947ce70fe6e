with cells as (
    select * from {{ ref('form_cells') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

applicants as (
    select * from {{ ref('applicants') }}
),

-- The generations that are official, and the parts of each.
form_parts as (
    select distinct parts.form_part, parts.form
    from (
        select form_part, unnest(string_split(forms, ';')) as form from {{ ref('form_shapes') }}
    ) as parts
    inner join {{ ref('forms') }} as forms on parts.form = forms.form
    where forms.labels_needed is not null
),

rows_asked as (
    select
        form_rows.form, form_rows.form_part, form_rows.label, form_rows.row_code, form_rows.place,
        indicators.indicator_code,
    from {{ ref('int_form_rows') }} as form_rows
    inner join indicators on form_rows.row_code = indicators.indicator_code
    where
        form_rows.form_part in ('application', 'statistics')
        and form_rows.form in (select form from form_parts)
),

-- Tables of rows and columns: which of their figures a generation asks for is what the indicators say.
crossings_asked as (
    select
        form_parts.form,
        cells.form_part,
        indicators.name_zh as label,
        cells.row_code,
        null::integer as place,
        cells.indicator_code,
    from cells
    inner join indicators on cells.indicator_code = indicators.indicator_code
    inner join form_parts
        on cells.form_part = form_parts.form_part
        and list_contains(string_split(indicators.forms, ';'), form_parts.form)
    -- Lawsuits in all are a sum that no cell of the form holds.
    where not (cells.form_part = 'appeals' and cells.row_code = 'litigation')
),

cells_asked as (
    select rows_asked.*, applicants.applicant_type
    from rows_asked
    inner join applicants on rows_asked.form_part = 'application' or applicants.applicant_type = 'all'
    union all
    select *, 'all' as applicant_type from crossings_asked
)

select distinct on (form, indicator_code, applicant_type) * from cells_asked
order by form, indicator_code, applicant_type, label
