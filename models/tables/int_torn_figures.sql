{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

numbers as (
    select numbers.*
    from {{ ref('int_torn_numbers') }} as numbers
    inner join documents_to_build on numbers.document_id = documents_to_build.document_id
),

lines as (
    select
        lines.document_id,
        lines.form_part,
        lines.block_no,
        unnest(lines.figures) as figure,
        generate_subscripts(lines.figures, 1) as piece_no,
    from {{ ref('int_torn_lines') }} as lines
    inner join documents_to_build on lines.document_id = documents_to_build.document_id
),

orders as (
    select * from {{ ref('int_form_orders') }}
),

identities as (
    select terms.check_code, terms.applicant_type, terms.term_applicant_type, terms.indicator_code,
        terms.factor * if(terms.side = 'left', 1, -1) as factor, unnest(string_split(checks.forms, ';')) as form,
        count(*) over (partition by terms.check_code, terms.applicant_type) as term_count,
    from {{ ref('int_check_terms') }} as terms
    inner join {{ ref('checks') }} as checks on terms.check_code = checks.check_code
    where checks.severity = 'hard' and rtrim(checks.comparison, '?') = '=' and terms.is_within_report
),

-- With and without the numbers of lines among the tables, which may be the table's or those of pages.
numbers_with_lines as (
    select numbers.*, numbers.after_block_no + 0.5 as place
    from numbers
    inner join (select distinct document_id, form_part from lines) as parts
        on numbers.document_id = parts.document_id and numbers.form_part = parts.form_part
    union all by name
    select document_id, form_part, figure, piece_no, block_no as place from lines
),

numbers_of_runs as (
    select *, false as has_lines, number_no as no_in_run from numbers
    union all by name
    select
        * exclude (place),
        true as has_lines,
        row_number() over (
            partition by document_id, form_part order by place, table_no, row_no, col_no, piece_no
        ) as no_in_run,
    from numbers_with_lines
),

runs as (
    select
        document_id,
        form_part,
        has_lines,
        list(coalesce(figure, 0) order by no_in_run) as figures,
        max(numbers_in_order) as numbers_in_order,
    from numbers_of_runs
    group by document_id, form_part, has_lines
),

-- Rows of one figure each, as many as labels stand in the text: a form may be printed without some.
rows_found as (
    select torn_rows.document_id, torn_rows.form, torn_rows.form_part, count(*) as row_count, list(torn_rows.row_code) as row_codes
    from {{ ref('int_torn_rows') }} as torn_rows
    inner join documents_to_build on torn_rows.document_id = documents_to_build.document_id
    group by torn_rows.document_id, torn_rows.form, torn_rows.form_part
),

orders_of_rows_found as (
    select
        runs.document_id,
        runs.has_lines,
        orders.form_part,
        orders.form,
        orders.shift,
        orders.order_name || ' found' as order_name,
        list_filter(orders.cells, lambda cell: list_contains(rows_found.row_codes, cell['row_code'])) as cells,
        list_transform(
            range(1, rows_found.row_count + 1),
            lambda number_no: (number_no - 1 + orders.shift + rows_found.row_count) % rows_found.row_count + 1
        ) as number_nos,
        runs.figures,
    from runs
    inner join rows_found
        on runs.document_id = rows_found.document_id
        and runs.form_part = rows_found.form_part
        and len(runs.figures) = rows_found.row_count
    inner join orders
        on rows_found.form = orders.form
        and rows_found.form_part = orders.form_part
        and rows_found.row_count < orders.cell_count
    where list_sum(runs.figures) > 0 and runs.numbers_in_order * 4 < rows_found.row_count
),

-- Orders in which every row adds up, where rows have a total. Where they have none, labels beside their own figures are
-- the better sign, and few may stand so.
ways as (
    select
        runs.document_id,
        runs.has_lines,
        orders.form_part,
        orders.form,
        orders.shift,
        orders.order_name,
        orders.cells,
        orders.number_nos,
        orders.total_place,
        list_select(runs.figures, orders.number_nos) as grid,
    from runs
    inner join orders on runs.form_part = orders.form_part and len(runs.figures) = orders.cell_count
    where
        list_sum(runs.figures) > 0
        and (
            (orders.total_place is null and runs.numbers_in_order * 4 < orders.cell_count)
            or {{ blocks_add_up('list_select(runs.figures, orders.number_nos)', 'orders') }}
        )
    union all by name
    select * exclude (figures), null as total_place, list_select(figures, number_nos) as grid
    from orders_of_rows_found
),

way_cells as (
    select
        document_id,
        has_lines,
        form_part,
        form,
        order_name,
        shift,
        total_place,
        grid,
        unnest(cells, recursive := true),
        unnest(grid) as figure,
        unnest(number_nos) as no_in_run,
    from ways
),

identities_tried as (
    select
        way_cells.document_id,
        way_cells.has_lines,
        way_cells.form_part,
        way_cells.form,
        way_cells.order_name,
        way_cells.shift,
        way_cells.total_place,
        way_cells.grid,
        identities.check_code,
        identities.applicant_type,
        sum(identities.factor * way_cells.figure) = 0 as holds,
        max(abs(way_cells.figure)) > 0 as has_figures,
        list(way_cells.no_in_run) as nos_in_run,
    from way_cells
    inner join identities
        on way_cells.form = identities.form
        and way_cells.indicator_code = identities.indicator_code
        and way_cells.applicant_type = identities.term_applicant_type
    group by all
    having count(*) = any_value(identities.term_count)
),

-- Where rows have no total of their own, two identities with figures must hold: one may by chance.
ways_proven as (
    select document_id, has_lines, form_part, form, order_name, shift, grid
    from identities_tried
    group by document_id, has_lines, form_part, form, order_name, shift, grid, total_place
    having bool_and(holds) and count_if(has_figures) >= if(total_place is null, 2, 1)
),

proven as (
    select document_id, form_part, arg_min((has_lines, form, order_name), (has_lines, form, order_name)) as way
    from ways_proven
    group by document_id, form_part
    having count(distinct (form, grid)) = 1 and bool_and(shift = 0)
),

-- Figures that an identity with figures holds in their place.
held as (
    select distinct
        tried.document_id,
        tried.form_part,
        unnest(tried.nos_in_run) as no_in_run,
    from identities_tried as tried
    inner join proven
        on tried.document_id = proven.document_id
        and tried.form_part = proven.form_part
        and (tried.has_lines, tried.form, tried.order_name) = proven.way
    where tried.shift = 0 and tried.has_figures
),

-- What nothing holds in its place may have moved from it: one row lost, another added.
torn_figures as (
    select
        numbers.* exclude (
            number_count, numbers_in_order, number_no, has_lines, no_in_run, after_block_no
        ),
        way_cells.order_name,
        way_cells.row_code,
        way_cells.row_label,
        way_cells.column_code,
        way_cells.column_group,
    from proven
    inner join numbers_of_runs as numbers
        on proven.document_id = numbers.document_id
        and proven.form_part = numbers.form_part
        and proven.way[1] = numbers.has_lines
    inner join way_cells
        on proven.document_id = way_cells.document_id
        and proven.form_part = way_cells.form_part
        and proven.way = (way_cells.has_lines, way_cells.form, way_cells.order_name)
        and way_cells.shift = 0
        and numbers.no_in_run = way_cells.no_in_run
    left join held
        on numbers.document_id = held.document_id
        and numbers.form_part = held.form_part
        and numbers.no_in_run = held.no_in_run
    where numbers.table_no is not null and (way_cells.total_place is not null or held.no_in_run is not null)
)

select * from torn_figures
