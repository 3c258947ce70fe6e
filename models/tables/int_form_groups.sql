-- Parts whose columns come in groups: the groups in the order of the form, each after what may stand over it.
with grouped_shapes as (
    select * from {{ ref('int_form_shapes') }} where block_count > 1
),

form_groups as (
    select distinct
        form_part,
        unnest(column_groups) as column_group,
        unnest(group_heads) as group_head,
        generate_subscripts(column_groups, 1) as place,
        block_count,
        block_size,
    from grouped_shapes
)

select * from form_groups
