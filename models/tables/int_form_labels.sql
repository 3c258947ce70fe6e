with labels as (
    select * from {{ ref('form_labels') }}
),

columns as (
    select * from {{ ref('form_columns') }} where match = 'whole'
),

-- Where a column stands among those of its part: as far back as on any form, since forms only put new ones between.
column_places as (
    select form_part, column_code, max(place) as place
    from (
        select form_part, unnest(block_codes) as column_code, generate_subscripts(block_codes, 1) as place
        from {{ ref('int_form_shapes') }}
        where form_part != 'statistics'
    ) as columns_of_forms
    group by form_part, column_code
),

all_labels as (
    select
        form_part,
        'row' as label_role,
        label,
        row_code as label_code,
        needs_group,
        opens_group,
        place,
        forms,
    from labels
    union all
    select
        columns.form_part,
        'column' as label_role,
        columns.label,
        columns.column_code as label_code,
        null as needs_group,
        null as opens_group,
        coalesce(column_places.place, columns.place) as place,
        columns.forms,
    from columns
    left join column_places
        on columns.form_part = column_places.form_part and columns.column_code = column_places.column_code
),

keyed as (
    select
        *,
        {{ label_key_full('label') }} as label_key,
        {{ label_key_loose(label_key_full('label')) }} as loose_key,
    from all_labels
)

select * from keyed
