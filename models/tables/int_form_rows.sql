with labels as (
    select *, unnest(string_split(forms, ';')) as form
    from {{ ref('form_labels') }}
    where row_code is not null
),

indicators as (
    select * from {{ ref('indicators') }}
),

groups_with_rows as (
    select distinct below.form, indicators.parent_code
    from labels as below
    inner join indicators on below.row_code = indicators.indicator_code
    where below.place is not null
),

-- Where a group of rows stands: with the first of the rows that any form has in it.
group_places as (
    select form_part, opens_group, min(place) as place
    from {{ ref('form_labels') }}
    where place is not null
    group by form_part, opens_group
),

-- A label without a place heads a group of rows, and is a row itself only on the form where it has none below it.
form_rows as (
    select
        labels.form,
        labels.form_part,
        labels.label,
        labels.row_code,
        labels.place,
        coalesce(labels.place, group_places.place) as place_on_form,
    from labels
    left join group_places
        on labels.form_part = group_places.form_part and labels.opens_group = group_places.opens_group
    anti join groups_with_rows
        on labels.form = groups_with_rows.form
        and labels.row_code = groups_with_rows.parent_code
        and labels.place is null
)

select * from form_rows
