{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

row_ways as (
    select row_ways.*
    from {{ ref('int_row_ways') }} as row_ways
    inner join documents_to_build on row_ways.document_id = documents_to_build.document_id
),

form_columns as (
    select * from {{ ref('form_columns') }}
),

row_figures as (
    select
        row_ways.* exclude (row_cells, heads),
        unnest(row_cells) as cell,
        generate_subscripts(row_cells, 1) as cell_seq,
        unnest(heads) as head,
    from row_ways
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
            when 'total' then total_code
            when 'single' then 'year'
            when 'row' then row_code
            else head['column_code']
        end as column_code,
        if(form_part = 'appeals' and row_group is not null, row_group, head['column_group']) as column_group,
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
