with labels as (
    select * from {{ ref('form_labels') }}
),

columns as (
    select * from {{ ref('form_columns') }} where match = 'whole'
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
        form_part,
        'column' as label_role,
        label,
        column_code as label_code,
        null as needs_group,
        null as opens_group,
        place,
        forms,
    from columns
),

keyed as (
    select
        *,
        {{ label_key_full('label') }} as label_key,
        {{ label_key_loose(label_key_full('label')) }} as loose_key,
    from all_labels
)

select * from keyed
