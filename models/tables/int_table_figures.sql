{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

table_rows as (
    select table_rows.*
    from {{ ref('int_table_rows') }} as table_rows
    inner join documents_to_build on table_rows.document_id = documents_to_build.document_id
),

headers as (
    select headers.*
    from {{ ref('int_table_headers') }} as headers
    inner join documents_to_build on headers.document_id = documents_to_build.document_id
),

form_columns as (
    select * from {{ ref('form_columns') }}
),

form_cells as (
    select * from {{ ref('form_cells') }}
),

-- A header as lists, and the number of the column that each place of the grid belongs to.
header_lists as (
    select
        document_id,
        header_no,
        any_value(column_count) as column_count,
        -- where the last applicant or result ends; other parts may have blank columns after the last label
        if(
            any_value(form_part) in ('application', 'appeals'), max(last_leaf_col_no), any_value(last_col_no)
        ) as header_last_col_no,
        any_value(row_count) as header_row_count,
        any_value(is_orderly) as is_orderly,
        bool_or(column_code in ('cumulative', 'previous', 'period', 'planned')) as has_other_periods,
        bool_or(column_group is null) as has_nameless_columns,
        bool_or(column_code = 'all') as has_total,
        list({
            'column_code': column_code,
            'column_group': column_group,
            'stated_unit': stated_unit,
            'label': label,
            'tier': tier,
            'first_col_no': first_col_no,
            'last_col_no': last_leaf_col_no
        } order by column_seq) as columns,
    from headers
    group by document_id, header_no
),

-- A row of the application table with one cell too many: a figure's digits may be split over two. They are put
-- together where just one way to do so makes the applicants add up to the total.
rows_too_long as (
    select document_id, table_no, row_no, label_seq, row_cells
    from table_rows
    where form_part = 'application' and cell_count = 8 and unclear_count = 0
),

-- In every row of eight figures one is the sum of the five kinds of legal persons: a column without a head of its own.
columns_of_legal_persons as (
    select
        document_id,
        table_no,
        if(bool_and(figures[2] = list_sum(figures[3:7]) and figures[1] + figures[2] = figures[8]), 2, 7) as subtotal_seq,
    from (
        select
            document_id,
            table_no,
            list_transform(row_cells, lambda cell: coalesce(cell['figure'], 0)) as figures,
        from rows_too_long
    ) as rows_of_eight
    group by document_id, table_no
    having
        count(*) > 2
        and max(list_sum(figures[2:7])) > 0
        and (
            bool_and(figures[2] = list_sum(figures[3:7]) and figures[1] + figures[2] = figures[8])
            or bool_and(figures[7] = list_sum(figures[2:6]) and figures[1] + figures[7] = figures[8])
        )
),

rows_without_subtotal as (
    select
        rows_too_long.* exclude (row_cells),
        0 as joined_seq,
        list_where(
            row_cells, list_transform(range(1, 9), lambda place: place != columns_of_legal_persons.subtotal_seq)
        ) as joined_cells,
    from rows_too_long
    inner join columns_of_legal_persons
        on rows_too_long.document_id = columns_of_legal_persons.document_id
        and rows_too_long.table_no = columns_of_legal_persons.table_no
),

-- Figures whose digits stand apart in their cells (1 7), where only together they add up.
rows_of_digits_apart as (
    select
        document_id,
        table_no,
        row_no,
        label_seq,
        0 as joined_seq,
        list_transform(
            range(1, 8),
            lambda place: {
                'col_no': row_cells[place]['col_no'],
                'figure': coalesce(row_cells[place]['figure'], figures_if_one[place]),
                'is_figure': row_cells[place]['is_figure'] or figures_if_one[place] is not null,
                'text': row_cells[place]['text'],
                'qualifier': row_cells[place]['qualifier'],
                'own_factor': row_cells[place]['own_factor'],
                'own_kind': row_cells[place]['own_kind'],
                'page': row_cells[place]['page']
            }
        ) as joined_cells,
    from table_rows
    where
        form_part = 'application'
        and cell_count = 7
        and unclear_count > 0
        and len(list_filter(figures_if_one, lambda figure: figure is not null)) = unclear_count
        and list_sum(list_transform(joined_cells[:6], lambda cell: coalesce(cell['figure'], 0)))
        = joined_cells[7]['figure']
),

ways_to_join as (
    select
        rows_too_long.*,
        joinable.joined_seq,
        case
            when
                regexp_full_match(row_cells[joined_seq]['text'], '\s*[1-9]\d*\s*')
                and regexp_full_match(row_cells[joined_seq + 1]['text'], '\s*\d+\s*')
                then trim(row_cells[joined_seq]['text']) || trim(row_cells[joined_seq + 1]['text'])
        end::decimal(24, 6) as joined_figure,
        trim(row_cells[joined_seq]['text']) || ' | ' || trim(row_cells[joined_seq + 1]['text']) as joined_text,
        list_transform(row_cells, lambda cell: coalesce(cell['figure'], 0)) as figures,
        figures[:joined_seq - 1] || [joined_figure] || figures[joined_seq + 2:] as joined_figures,
    from rows_too_long, range(1, 8) as joinable (joined_seq)
    where not exists (
        from columns_of_legal_persons
        where columns_of_legal_persons.document_id = rows_too_long.document_id
        and columns_of_legal_persons.table_no = rows_too_long.table_no
    )
),

rows_joined as (
    select
        document_id,
        table_no,
        row_no,
        label_seq,
        joined_seq,
        row_cells[:joined_seq - 1]
        || [{
            'col_no': row_cells[joined_seq]['col_no'],
            'figure': joined_figure,
            'is_figure': true,
            'text': joined_text,
            'qualifier': 'exact',
            'own_factor': null::decimal(20, 4),
            'own_kind': null::varchar,
            'page': row_cells[joined_seq]['page']
        }]
        || row_cells[joined_seq + 2:] as joined_cells,
    from ways_to_join
    where joined_figure is not null and list_sum(joined_figures[:6]) = joined_figures[7]
    qualify count(*) over (partition by document_id, table_no, row_no, label_seq) = 1
    union all by name
    select * from rows_without_subtotal
    union all by name
    select * from rows_of_digits_apart
),

-- The columns of a row of the form of 2019 or 2021, in their order.
matters_orders as (
    select row_code, form, list(column_code order by place) as codes
    from (
        select distinct
            form_cells.row_code,
            form_columns.column_code,
            form_columns.place,
            unnest(string_split(form_columns.forms, ';')) as form,
        from form_cells
        inner join form_columns
            on form_cells.form_part = form_columns.form_part and form_cells.column_code = form_columns.column_code
        where form_cells.form_part = 'matters' and form_columns.match = 'whole' and form_columns.place is not null
    ) as columns_of_rows
    group by row_code, form
),

-- Rows with the header in force. A figure's place is its column's where the row's end is the header's, or no cell is
-- blank: rows and headers that lost their spans do not end together.
rows_under_headers as (
    select
        table_rows.* exclude (row_cells, cell_count),
        coalesce(rows_joined.joined_cells, table_rows.row_cells) as row_cells,
        if(rows_joined.joined_seq is null, table_rows.cell_count, 7) as cell_count,
        rows_joined.joined_seq,
        header_lists.* exclude (document_id, header_no),
        matters_orders.codes as form_codes,
        case
            when
                table_rows.is_header_own
                and (
                    header_lists.is_orderly
                    or (header_lists.header_row_count = 1 and header_lists.header_last_col_no = table_rows.last_col_no)
                )
                and (table_rows.last_col_no = header_lists.header_last_col_no or table_rows.blank_count = 0)
                then list_transform(
                    table_rows.row_cells,
                    lambda cell: if(
                        cell['is_figure'],
                        list_position(
                            list_transform(
                                header_lists.columns,
                                lambda head: cell['col_no'] between head['first_col_no'] and head['last_col_no']
                            ),
                            true
                        ),
                        -1
                    )
                )
        end as column_seqs,
    from table_rows
    left join header_lists
        on table_rows.document_id = header_lists.document_id and table_rows.header_no = header_lists.header_no
    left join rows_joined
        on table_rows.document_id = rows_joined.document_id
        and table_rows.table_no = rows_joined.table_no
        and table_rows.row_no = rows_joined.row_no
        and table_rows.label_seq = rows_joined.label_seq
    -- where not all heads are known, those that are tell of which form the row is
    left join matters_orders
        on table_rows.form_part = 'matters'
        and table_rows.row_code = matters_orders.row_code
        and table_rows.cell_count = len(matters_orders.codes)
        and header_lists.column_count < len(matters_orders.codes)
        and list_has_all(
            matters_orders.codes, list_transform(header_lists.columns, lambda head: head['column_code'])
        )
),

-- Text whose reading order is lost has rows longer than the form; what is left in a row of it says nothing.
tables_out_of_order as (
    select document_id, table_no
    from table_rows
    where form_part = 'application' and table_kind = 'flat'
    group by document_id, table_no
    having count_if(cell_count > 8) > 0
),

rows_with_ways as (
    select
        *,
        case
            when joined_seq is not null then if(column_count = 7, 'order', 'form')
            -- the head of the table of appeals lost its first row, so that some results belong to nobody
            when form_part = 'appeals' and cell_count = 15 and coalesce(has_nameless_columns, true) then 'form'
            when
                column_seqs is not null
                and not list_contains(list_transform(column_seqs, lambda seq: coalesce(seq, 0)), 0)
                then 'place'
            when cell_count = column_count then 'order'
            when form_codes is not null then 'matters'
            when form_part = 'application' and cell_count = 7 and (coalesce(column_count, 0) != 6 or has_total) then 'form'
            -- Blank cells vanish from flat text: of what is left the last is the total, where the others add up to it.
            when
                form_part = 'application' and table_kind = 'flat' and cell_count = figure_count
                and (cell_count < 6 or (cell_count = 6 and column_count = 7))
                and (
                    cell_count = 1
                    or list_sum(list_transform(row_cells[:-2], lambda cell: cell['figure']))
                    = row_cells[-1]['figure']
                )
                and not exists (
                    from tables_out_of_order
                    where tables_out_of_order.document_id = rows_under_headers.document_id
                    and tables_out_of_order.table_no = rows_under_headers.table_no
                )
                then 'total'
            when form_part = 'appeals' and cell_count = 15 then 'form'
            when form_part = 'appeals' and cell_count = 1 and row_code is not null then 'row'
            when form_part = 'statistics' and figure_count = 1 and not coalesce(has_other_periods, false) then 'single'
        end as way,
    from rows_under_headers
),

-- Seven cells without a header are the six applicants and their total only where they add up in most rows of the
-- table (or nothing but the total is stated).
tables_not_adding_up as (
    select document_id, table_no
    from rows_with_ways
    where way = 'form' and form_part = 'application'
    group by document_id, table_no
    having
        avg(
            if(
                coalesce(list_sum(list_transform(row_cells[:6], lambda cell: cell['figure'])), row_cells[7]['figure'])
                = row_cells[7]['figure'],
                1,
                0
            )
        ) < 0.5
),

-- Where many rows of flat text do not add up, those that do not are no rows.
rows_not_adding_up as (
    select document_id, table_no, row_no, label_seq
    from (
        select
            *,
            list_sum(list_transform(row_cells[:6], lambda cell: coalesce(cell['figure'], 0))) as sum_of_row,
            coalesce(row_cells[7]['figure'], 0) as total,
            count_if(sum_of_row + total > 0) over (partition by document_id, table_no) as filled_count,
            count_if(sum_of_row != total) over (partition by document_id, table_no) as wrong_count,
        from rows_with_ways
        where form_part = 'application' and table_kind = 'flat' and cell_count = 7 and way in ('order', 'form')
    ) as rows_of_seven
    where sum_of_row != total and wrong_count >= 2 and wrong_count * 3 >= filled_count
),

-- The whole form, where columns are only an order.
form_orders as (
    select
        'application' as form_part,
        list({ 'column_code': column_code, 'column_group': null::varchar } order by place) as form_columns,
    from (
        select place, any_value(column_code) as column_code
        from form_columns
        where form_part = 'application' and place is not null
        group by place
    ) as applicants
    union all
    select
        'appeals' as form_part,
        list(
            { 'column_code': results.column_code, 'column_group': kinds.column_group }
            order by kinds.group_place, results.place
        ) as form_columns,
    from (
        select place, any_value(column_code) as column_code
        from form_columns
        where form_part = 'appeals' and place is not null
        group by place
    ) as results
    cross join (
        values (1, 'review'), (2, 'litigation_direct'), (3, 'litigation_after_review')
    ) as kinds (group_place, column_group)
),

row_figures as (
    select
        rows_with_ways.* exclude (row_cells, column_seqs, columns),
        unnest(row_cells) as cell,
        generate_subscripts(row_cells, 1) as cell_seq,
        unnest(
            case way
                when 'place' then list_transform(column_seqs, lambda seq: columns[seq])
                when 'order' then columns
                else list_transform(row_cells, lambda cell: null)
            end
        ) as head,
        unnest(
            case way
                when 'form' then form_orders.form_columns
                when 'matters'
                    then list_transform(
                        form_codes, lambda code: { 'column_code': code, 'column_group': null::varchar }
                    )
                else list_transform(row_cells, lambda cell: null)
            end
        ) as form_head,
    from rows_with_ways
    left join form_orders on rows_with_ways.form_part = form_orders.form_part
    where
        way is not null
        and not exists (
            from rows_not_adding_up
            where rows_not_adding_up.document_id = rows_with_ways.document_id
            and rows_not_adding_up.table_no = rows_with_ways.table_no
            and rows_not_adding_up.row_no = rows_with_ways.row_no
            and rows_not_adding_up.label_seq = rows_with_ways.label_seq
        )
        and not (
            way = 'form'
            and rows_with_ways.form_part = 'application'
            and exists (
                from tables_not_adding_up
                where tables_not_adding_up.document_id = rows_with_ways.document_id
                and tables_not_adding_up.table_no = rows_with_ways.table_no
            )
        )
),

figures_with_columns as (
    select
        document_id,
        table_no,
        row_no,
        label_seq,
        form_part,
        row_code,
        row_label,
        row_tier,
        row_unit,
        row_stated_unit,
        way,
        column_count,
        is_header_own,
        cell['col_no'] as col_no,
        cell['figure'] as figure,
        cell['text'] as text,
        cell['qualifier'] as qualifier,
        cell['own_factor'] as own_factor,
        cell['own_kind'] as own_kind,
        cell['page'] as page,
        case way
            when 'form' then form_head['column_code']
            when 'matters' then form_head['column_code']
            when 'total' then 'all'
            when 'single' then 'year'
            when 'row' then row_code
            else head['column_code']
        end as column_code,
        case
            when form_part = 'appeals' and row_group is not null then row_group
            when way = 'form' then form_head['column_group']
            else head['column_group']
        end as column_group,
        head['stated_unit'] as column_stated_unit,
        head['label'] as column_label,
        coalesce(head['tier'], 1) as column_tier,
        if(head['column_code'] = 'named_year', regexp_extract(head['label'], '\d{4}')::integer, null) as named_year,
        joined_seq is not null as is_joined_row,
        coalesce(joined_seq = cell_seq, false) as is_joined,
    from row_figures
    where cell['is_figure'] and (way != 'total' or cell_seq = cell_count)
),

-- Of several figures of one year in a row of statistics the plainest counts: this year's before a sum of this period.
-- Those of a government alone and of its whole area stand side by side: the scope of the report tells which is its own.
statistics_columns as (
    select column_code, any_value(place) as column_place
    from form_columns
    where form_part = 'statistics' and place is not null
    group by column_code
),

statistics_ranked as (
    select
        figures.*,
        coalesce(statistics_columns.column_place, 1) * 10000 - coalesce(figures.named_year, 0) as column_rank,
        case figures.column_code when 'own_level' then 'level' when 'whole_area' then 'area' else 'own' end
            as column_scope,
        min(column_rank) over figures_of_row as best_rank,
        count(*) over (
            partition by
                figures.document_id, figures.table_no, figures.row_no, figures.label_seq, column_rank, column_scope
        ) as same_rank_count,
    from figures_with_columns as figures
    left join statistics_columns on figures.column_code = statistics_columns.column_code
    where
        figures.form_part = 'statistics'
        and figures.row_code is not null
        and (statistics_columns.column_code is not null or figures.column_code = 'named_year')
    window figures_of_row as (
        partition by figures.document_id, figures.table_no, figures.row_no, figures.label_seq
    )
),

table_figures as (
    select *, 'own' as column_scope from figures_with_columns where form_part != 'statistics' or row_code is null
    union all by name
    select * exclude (column_rank, best_rank, same_rank_count)
    from statistics_ranked
    where column_rank = best_rank and same_rank_count = 1
)

select * exclude (named_year) from table_figures
