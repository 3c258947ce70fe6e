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

-- Every cell of a row's figures, blanks among them, in order.
row_cells as (
    select
        table_rows.*,
        cells.col_no,
        cells.cell_kind,
        cells.figure,
        cells.is_signed,
        cells.qualifier,
        cells.own_factor,
        cells.own_kind,
        cells.page,
        cells.text,
        row_number() over cells_of_row as cell_seq,
    from table_rows
    inner join cells
        on table_rows.document_id = cells.document_id
        and table_rows.table_no = cells.table_no
        and table_rows.row_no = cells.row_no
        and table_rows.label_seq = cells.label_seq
    where cells.cell_kind in ('value', 'blank', 'unclear')
    window cells_of_row as (
        partition by cells.document_id, cells.table_no, cells.row_no, cells.label_seq
        order by cells.col_no
    )
),

figures as (
    select * exclude (cell_kind)
    from row_cells
    where cell_kind = 'value'
),

header_sizes as (
    select
        document_id,
        header_no,
        any_value(column_count) as column_count,
        any_value(last_col_no) as header_last_col_no,
        bool_or(column_code in ('cumulative', 'previous', 'period', 'planned')) as has_other_periods,
        bool_or(column_group is null) as has_nameless_columns,
    from headers
    group by document_id, header_no
),

-- Each figure by the column that it stands under, and by its place in a row that is as long as the header.
figures_under_columns as (
    select
        figures.*,
        header_sizes.column_count,
        header_sizes.header_last_col_no,
        header_sizes.has_other_periods,
        header_sizes.has_nameless_columns,
        by_place.column_seq as placed_column_seq,
        figures.cell_seq - greatest(figures.cell_count - header_sizes.column_count, 0) as ordered_column_seq,
        min(figures.cell_seq) over figures_of_row as first_figure_seq,
        count_if(by_place.column_seq is null) over figures_of_row as unplaced_count,
    from figures
    left join header_sizes
        on figures.document_id = header_sizes.document_id and figures.header_no = header_sizes.header_no
    left join headers as by_place
        on figures.document_id = by_place.document_id
        and figures.header_no = by_place.header_no
        and figures.is_header_own
        and figures.col_no between by_place.first_col_no and by_place.last_leaf_col_no
        and (by_place.is_orderly or (by_place.row_count = 1 and by_place.last_col_no = figures.last_col_no))
    window figures_of_row as (
        partition by figures.document_id, figures.table_no, figures.row_no, figures.label_seq
    )
),

figures_with_ways as (
    select
        *,
        case
            -- the head of the table of appeals lost its first row, so that some results belong to nobody
            when form_part = 'appeals' and cell_count = 15 and coalesce(has_nameless_columns, true) then 'form'
            when unplaced_count = 0 and (last_col_no = header_last_col_no or blank_count = 0) then 'place'
            when cell_count = column_count or (cell_count > column_count and first_figure_seq > cell_count - column_count) then 'order'
            when form_part = 'application' and cell_count = 7 then 'form'
            when form_part = 'application' and cell_count = 1 and table_kind = 'flat' then 'total'
            when form_part = 'appeals' and cell_count = 15 then 'form'
            when form_part = 'appeals' and cell_count = 1 and row_code is not null then 'row'
            when form_part = 'statistics' and figure_count = 1 and not coalesce(has_other_periods, false) then 'single'
        end as way,
    from figures_under_columns
),

figures_with_columns as (
    select
        figures.*,
        case figures.way
            when 'form' then coalesce(form_order.column_code, appeals_order.column_code)
            when 'total' then 'all'
            when 'single' then 'year'
            when 'row' then figures.row_code
            else headers.column_code
        end as column_code,
        case
            when figures.form_part = 'appeals' and figures.row_group is not null then figures.row_group
            when figures.way = 'form' then appeals_order.column_group
            else headers.column_group
        end as column_group,
        headers.stated_unit as column_stated_unit,
        headers.label as column_label,
        coalesce(headers.tier, 1) as column_tier,
        case when headers.column_code = 'named_year' then regexp_extract(headers.label, '\d{4}')::integer end as named_year,
    from figures_with_ways as figures
    left join headers
        on figures.document_id = headers.document_id
        and figures.header_no = headers.header_no
        and case figures.way when 'place' then figures.placed_column_seq when 'order' then figures.ordered_column_seq end
            = headers.column_seq
    left join (
        select place, any_value(column_code) as column_code
        from form_columns
        where form_part = 'application' and place is not null
        group by place
    ) as form_order
        on figures.form_part = 'application' and figures.cell_seq = form_order.place
    left join (
        select
            kinds.column_group,
            results.column_code,
            (kinds.group_place - 1) * 5 + results.place as column_seq,
        from (
            select
                unnest(['review', 'litigation_direct', 'litigation_after_review']) as column_group,
                unnest([1, 2, 3]) as group_place
        ) as kinds
        cross join (
            select place, any_value(column_code) as column_code
            from form_columns
            where form_part = 'appeals' and place is not null
            group by place
        ) as results
    ) as appeals_order
        on figures.form_part = 'appeals' and figures.cell_seq = appeals_order.column_seq
    where figures.way is not null
),

-- Of several figures of one year in a row of statistics the plainest counts: this year's before a sum of this period.
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
        length(text) - length(ltrim(text)) as char_start,
        length(rtrim(text)) as char_end,
        trim(text) as evidence_text,
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
