with shapes as (
    select *, unnest(forms_of_shape) as form
    from (select *, string_split(forms, ';') as forms_of_shape from {{ ref('int_form_shapes') }})
    where row_codes is null
),

official_forms as (
    select form from {{ ref('forms') }} where labels_needed is not null
),

form_cells as (
    select * from {{ ref('form_cells') }}
),

-- Rows by labels, or, where a part is one row of blocks, the blocks one below the other.
rows_of_forms as (
    select
        shapes.form,
        shapes.form_part,
        form_rows.row_code,
        form_rows.label as row_label,
        null::varchar as column_group,
        row_number() over (
            partition by shapes.form, shapes.form_part order by form_rows.place_on_form, form_rows.row_code
        ) as row_no,
        shapes.block_codes,
        shapes.total_place,
    from shapes
    inner join official_forms on shapes.form = official_forms.form
    inner join {{ ref('int_form_rows') }} as form_rows
        on shapes.form = form_rows.form and shapes.form_part = form_rows.form_part
    where shapes.block_count = 1
    union all
    select
        shapes.form,
        shapes.form_part,
        null as row_code,
        null as row_label,
        unnest(shapes.column_groups) as column_group,
        unnest(range(1, shapes.block_count + 1)) as row_no,
        shapes.block_codes,
        shapes.total_place,
    from shapes
    inner join official_forms on shapes.form = official_forms.form
    where shapes.block_count > 1
),

cells_of_forms as (
    select
        * exclude (block_codes),
        unnest(block_codes) as column_code,
        generate_subscripts(block_codes, 1) as column_no,
        len(block_codes) as column_count,
    from rows_of_forms
),

-- Cells counted along the rows. Parts that are the same on several forms are one.
grids as (
    select
        form_part,
        row_count,
        column_count,
        total_place,
        cells,
        max(form) as form,
    from (
        select
            cells.form,
            cells.form_part,
            max(cells.row_no) as row_count,
            cells.column_count,
            cells.total_place,
            list(
                {
                    'row_code': cells.row_code,
                    'row_label': cells.row_label,
                    'column_code': cells.column_code,
                    'column_group': cells.column_group,
                    'indicator_code': coalesce(form_cells.indicator_code, cells.row_code),
                    'applicant_type': if(cells.form_part = 'application', cells.column_code, 'all')
                } order by cells.row_no, cells.column_no
            ) as cells,
        from cells_of_forms as cells
        left join form_cells
            on cells.form_part = form_cells.form_part
            and cells.column_group = form_cells.row_code
            and cells.column_code = form_cells.column_code
        group by cells.form, cells.form_part, cells.column_count, cells.total_place
    ) as parts_of_forms
    group by form_part, row_count, column_count, total_place, cells
),

-- Text may be cut by ends of pages: into two or three pieces, but not a part of a few rows.
ends_of_pieces as (
    select grids.form, grids.form_part, direction, cuts
    from grids, unnest(['down', 'along']) as directions (direction), lateral (
        select []::bigint[] as cuts
        union all
        select [first_cut.cut] as cuts
        from range(1, if(direction = 'down', row_count, column_count)) as first_cut (cut)
        where row_count > column_count and column_count > 1
        union all
        select [first_cut.cut, second_cut.cut] as cuts
        from range(1, if(direction = 'down', row_count, column_count)) as first_cut (cut)
        inner join range(1, if(direction = 'down', row_count, column_count)) as second_cut (cut)
            on first_cut.cut < second_cut.cut
        where row_count > column_count and column_count > 1
    ) as cuts_of_direction
),

-- Down the columns of each piece of rows, or along the rows of each piece of columns.
numbered as (
    select
        grids.form,
        grids.form_part,
        ends.direction,
        ends.cuts,
        row_no,
        column_no,
        len(list_filter(ends.cuts, lambda cut: cut < if(ends.direction = 'down', row_no, column_no))) as piece_no,
        row_number() over (
            partition by grids.form, grids.form_part, ends.direction, ends.cuts
            order by
                piece_no,
                if(ends.direction = 'down', column_no, row_no),
                if(ends.direction = 'down', row_no, column_no)
        ) as number_no,
    from grids
    inner join ends_of_pieces as ends on grids.form = ends.form and grids.form_part = ends.form_part,
        unnest(range(1, grids.row_count + 1)) as every_row (row_no),
        unnest(range(1, grids.column_count + 1)) as every_column (column_no)
),

orders as (
    select
        form,
        form_part,
        direction || ' ' || array_to_string(cuts, ',') as order_name,
        len(cuts) as cut_count,
        list(number_no order by row_no, column_no) as number_nos,
    from numbered
    group by form, form_part, direction, cuts
),

-- A number that is none of the table and a lost one move all between them by a place: orders that must not fit, too.
orders_and_rivals as (
    select *, 0 as shift from orders
    union all
    select
        orders.* exclude (number_nos),
        list_transform(
            number_nos, lambda number_no: (number_no - 1 + shift + len(number_nos)) % len(number_nos) + 1
        ) as number_nos,
        shift,
    from orders, unnest([-1, 1]) as shifts (shift)
    where cut_count = 0
),

form_orders as (
    select
        grids.*,
        len(grids.cells) as cell_count,
        grids.row_count as block_count,
        grids.column_count as block_size,
        orders.shift,
        orders.number_nos,
        min(orders.order_name) as order_name,
    from orders_and_rivals as orders
    inner join grids on orders.form = grids.form and orders.form_part = grids.form_part
    group by all
)

select * from form_orders
