with shapes as (
    select * from {{ ref('form_shapes') }}
),

-- A part without groups is one block of columns.
listed as (
    select
        forms,
        form_part,
        string_split(row_codes, ';') as row_codes,
        string_split(column_codes, ';') as block_codes,
        coalesce(string_split(column_groups, ';'), [null]) as column_groups,
        coalesce(string_split(group_heads, ';'), [null]) as group_heads,
        total_code,
        string_split(subtotal_of, ';') as kinds,
    from shapes
),

measured as (
    select
        forms,
        form_part,
        row_codes,
        block_codes,
        column_groups,
        group_heads,
        flatten(list_transform(
            column_groups,
            lambda column_group: list_transform(
                block_codes,
                lambda column_code: {
                    'column_code': column_code,
                    'column_group': column_group,
                    'stated_unit': null::varchar,
                    'label': null::varchar,
                    'tier': null::integer,
                    'first_col_no': null::integer,
                    'last_col_no': null::integer
                }
            )
        )) as columns,
        {{ columns_key('columns') }} as column_key,
        len(columns) as width,
        len(column_groups) as block_count,
        len(block_codes) as block_size,
        total_code,
        list_position(block_codes, total_code) as total_place,
        list_position(block_codes, kinds[1]) as first_kind,
        list_position(block_codes, kinds[-1]) as last_kind,
    from listed
)

select * from measured
