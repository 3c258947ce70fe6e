with documents_to_build as (
    {{ documents_to_build() }}
),

cells as (
    select cells.*
    from {{ ref('int_cells_read') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
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

indicators as (
    select * from {{ ref('indicators') }}
),

units as (
    select * from {{ ref('form_units') }}
),

category_names as (
    select
        document_id,
        table_no,
        row_no,
        label_seq,
        regexp_replace(trim(any_value(text)), '^[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]\s*', '') as category_label,
    from cells
    where cell_kind = 'label'
    group by document_id, table_no, row_no, label_seq
),

-- A header as lists, and the number of the column that each place of the grid belongs to.
header_lists as (
    select
        document_id,
        header_no,
        any_value(column_count) as column_count,
        any_value(last_col_no) as header_last_col_no,
        any_value(row_count) as header_row_count,
        any_value(is_orderly) as is_orderly,
        bool_or(column_code in ('cumulative', 'previous', 'period', 'planned')) as has_other_periods,
        bool_or(column_group is null) as has_nameless_columns,
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

ways_to_join as (
    select
        rows_too_long.*,
        joinable.joined_seq,
        case
            when
                regexp_full_match(row_cells[joined_seq].text, '\s*[1-9]\d*\s*')
                and regexp_full_match(row_cells[joined_seq + 1].text, '\s*\d+\s*')
                then trim(row_cells[joined_seq].text) || trim(row_cells[joined_seq + 1].text)
        end::decimal(24, 6) as joined_figure,
        list_transform(row_cells, lambda cell: coalesce(cell.figure, 0)) as figures,
        figures[:joined_seq - 1] || [joined_figure] || figures[joined_seq + 2:] as joined_figures,
    from rows_too_long, range(1, 8) as joinable(joined_seq)
),

rows_joined as (
    select
        document_id,
        table_no,
        row_no,
        label_seq,
        joined_seq,
        list_transform(
            row_cells[:joined_seq] || row_cells[joined_seq + 2:],
            lambda cell, cell_seq: if(
                cell_seq = joined_seq,
                struct_update(
                    cell,
                    figure := joined_figure,
                    text := trim(cell.text) || ' | ' || trim(row_cells[joined_seq + 1].text)
                ),
                cell
            )
        ) as joined_cells,
    from ways_to_join
    where joined_figure is not null and list_sum(joined_figures[:6]) = joined_figures[7]
    qualify count(*) over (partition by document_id, table_no, row_no, label_seq) = 1
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
        case
            when
                table_rows.is_header_own
                and (header_lists.is_orderly or (header_lists.header_row_count = 1 and header_lists.header_last_col_no = table_rows.last_col_no))
                and (table_rows.last_col_no = header_lists.header_last_col_no or table_rows.blank_count = 0)
                then list_transform(
                    table_rows.row_cells,
                    lambda cell: if(
                        cell.is_figure,
                        list_position(
                            list_transform(
                                header_lists.columns,
                                lambda head: cell.col_no between head.first_col_no and head.last_col_no
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
),

rows_with_ways as (
    select
        *,
        case
            when joined_seq is not null then if(column_count = 7, 'order', 'form')
            -- the head of the table of appeals lost its first row, so that some results belong to nobody
            when form_part = 'appeals' and cell_count = 15 and coalesce(has_nameless_columns, true) then 'form'
            when column_seqs is not null and not list_contains(list_transform(column_seqs, lambda seq: coalesce(seq, 0)), 0) then 'place'
            when cell_count = column_count then 'order'
            when form_part = 'application' and cell_count = 7 and coalesce(column_count, 0) != 6 then 'form'
            -- Blank cells vanish from flat text: of what is left the last is the total, where the others add up to it.
            when form_part = 'application' and table_kind = 'flat' and cell_count = figure_count and cell_count < 7
                and (cell_count = 1 or list_sum(list_transform(row_cells[:-2], lambda cell: cell.figure)) = row_cells[-1].figure)
                then 'total'
            when form_part = 'appeals' and cell_count = 15 then 'form'
            when form_part = 'appeals' and cell_count = 1 and row_code is not null then 'row'
            when form_part = 'statistics' and figure_count = 1 and not coalesce(has_other_periods, false) then 'single'
        end as way,
    from rows_under_headers
),

-- The whole form, where columns are only an order.
form_orders as (
    select
        'application' as form_part,
        list({'column_code': column_code, 'column_group': null::varchar} order by place) as form_columns,
    from (
        select place, any_value(column_code) as column_code
        from form_columns
        where form_part = 'application' and place is not null
        group by place
    ) as applicants
    union all
    select
        'appeals' as form_part,
        list({'column_code': column_code, 'column_group': column_group} order by group_place, place) as form_columns,
    from (
        select place, any_value(column_code) as column_code
        from form_columns
        where form_part = 'appeals' and place is not null
        group by place
    ) as results
    cross join (
        values (1, 'review'), (2, 'litigation_direct'), (3, 'litigation_after_review')
    ) as kinds(group_place, column_group)
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
                else list_transform(row_cells, lambda cell: null)
            end
        ) as form_head,
    from rows_with_ways
    left join form_orders on rows_with_ways.form_part = form_orders.form_part
    where way is not null
),

figures_with_columns as (
    select
        row_figures.* exclude (cell, head, form_head),
        cell.col_no as col_no,
        cell.figure as figure,
        cell.text as text,
        cell.qualifier as qualifier,
        cell.own_factor as own_factor,
        cell.own_kind as own_kind,
        cell.page as page,
        case way
            when 'form' then form_head.column_code
            when 'total' then 'all'
            when 'single' then 'year'
            when 'row' then row_code
            else head.column_code
        end as column_code,
        case
            when form_part = 'appeals' and row_group is not null then row_group
            when way = 'form' then form_head.column_group
            else head.column_group
        end as column_group,
        head.stated_unit as column_stated_unit,
        head.label as column_label,
        coalesce(head.tier, 1) as column_tier,
        case when head.column_code = 'named_year' then regexp_extract(head.label, '\d{4}')::integer end as named_year,
        if(joined_seq = cell_seq, text, null) as joined_text,
        joined_seq is not null as is_joined,
    from row_figures
    where cell.is_figure and (way != 'total' or cell_seq = cell_count)
),

statistics_columns as (
    select column_code, any_value(place) as column_place
    from form_columns
    where form_part = 'statistics' and place is not null
    group by column_code
),

figures_ranked as (
    select
        figures.*,
        coalesce(statistics_columns.column_place, 1) * 10000 - coalesce(figures.named_year, 0) as column_rank,
        min(column_rank) over figures_of_row as best_rank,
        count(*) over (figures_of_row range between current row and current row) as same_rank_count,
    from figures_with_columns as figures
    left join statistics_columns on figures.column_code = statistics_columns.column_code
    where
        figures.form_part != 'statistics'
        or statistics_columns.column_code is not null
        or figures.column_code = 'named_year'
    window figures_of_row as (
        partition by figures.document_id, figures.table_no, figures.row_no, figures.label_seq
        order by column_rank
    )
),

figures_chosen as (
    select *
    from figures_ranked
    where form_part != 'statistics' or (column_rank = best_rank and same_rank_count = 1)
),

figures_of_indicators as (
    select
        figures.*,
        case
            when figures.form_part in ('application', 'statistics') then figures.row_code
            when figures.form_part = 'categories' then 'disclosure.by_category'
            else form_cells.indicator_code
        end as indicator_code,
        case when figures.form_part = 'application' then figures.column_code else 'all' end as applicant_type,
        case when figures.form_part = 'categories' then category_names.category_label end as category_label,
        form_cells.default_unit,
    from figures_chosen as figures
    left join form_cells
        on figures.form_part = form_cells.form_part
        and case figures.form_part when 'appeals' then figures.column_group else figures.row_code end = form_cells.row_code
        and figures.column_code = form_cells.column_code
    left join category_names
        on figures.form_part = 'categories'
        and figures.document_id = category_names.document_id
        and figures.table_no = category_names.table_no
        and figures.row_no = category_names.row_no
        and figures.label_seq = category_names.label_seq
    where
        figures.form_part != 'categories'
        or (
            figures.column_code = 'number'
            and category_names.category_label is not null
            and not regexp_matches(category_names.category_label, '^[总合小]\s*[计数]|其中')
        )
),

-- Money is stored in yuan; where neither cell, row, column nor form says what a sum is in, only a zero is certain.
figures_in_units as (
    select
        figures.*,
        case
            when indicators.unit != 'yuan' then case figures.own_kind when 'money' then null else coalesce(figures.own_factor, row_units.factor, 1) end
            when figures.own_kind is not null then figures.own_factor
            when row_units.kind = 'money' then row_units.factor
            when figures.figure = 0 then 1
            else coalesce(column_units.factor, row_label_units.factor, default_units.factor)
        end as factor,
        indicators.unit,
        coalesce(indicators.note, '') like '%signed%' as may_be_negative,
    from figures_of_indicators as figures
    inner join indicators on figures.indicator_code = indicators.indicator_code
    left join units as row_units on figures.row_unit = row_units.unit
    left join units as column_units on figures.column_stated_unit = column_units.unit
    left join units as row_label_units on figures.row_stated_unit = row_label_units.unit
    left join units as default_units on figures.default_unit = default_units.unit
),

candidates as (
    select
        document_id,
        indicator_code,
        applicant_type,
        category_label,
        (figure * factor)::decimal(20, 4) as value,
        qualifier,
        'table' as basis,
        'year' as period_part,
        'own' as scope_part,
        case
            when row_tier <= 2 and column_tier <= 2
                and not is_joined
                and (way in ('place', 'single') or (way = 'order' and (is_header_own or column_count >= 5)) or way = 'row')
                then 'certain'
            when row_tier >= 8 and way not in ('place', 'order', 'single') then 'doubtful'
            else 'likely'
        end as confidence,
        concat_ws(' / ', form_part, row_label, column_label) as rule_id,
        null::integer as block_no,
        table_no,
        row_no,
        col_no,
        page,
        if(joined_text is null, length(text) - length(ltrim(text)), null) as char_start,
        if(joined_text is null, length(rtrim(text)), null) as char_end,
        coalesce(joined_text, trim(text)) as evidence_text,
        row_tier,
    from figures_in_units
    where
        factor is not null
        and applicant_type in ('all', 'natural_person', 'enterprise', 'research', 'public_interest', 'legal_service', 'other')
        and (figure >= 0 or may_be_negative)
        and (figure * factor % 1 = 0 or unit = 'yuan')
    -- A label that is only like another never stands against that label itself.
    qualify
        row_tier < 8
        or row_tier = min(row_tier) over (partition by document_id, indicator_code, applicant_type, category_label)
)

select * exclude (row_tier) from candidates
