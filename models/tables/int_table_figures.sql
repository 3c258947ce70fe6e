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

figures_by_labels as (
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

-- Figures of torn text, whose place the order of the form and its sums prove. Labels that agree are the surer sign;
-- those that do not stand beside other rows' figures.
torn_figures as (
    select torn.*
    from {{ ref('int_torn_figures') }} as torn
    inner join documents_to_build on torn.document_id = documents_to_build.document_id
),

figures_with_columns as (
    select labelled.*
    from figures_by_labels as labelled
    anti join (select document_id, form_part from torn_figures) as torn
        on labelled.document_id = torn.document_id and labelled.form_part = torn.form_part
    union all
    select labelled.*
    from figures_by_labels as labelled
    inner join torn_figures as torn
        on labelled.document_id = torn.document_id
        and labelled.form_part = torn.form_part
        and labelled.table_no = torn.table_no
        and labelled.row_no = torn.row_no
        and labelled.col_no = torn.col_no
        and labelled.column_code = torn.column_code
        and labelled.row_code is not distinct from coalesce(torn.row_code, labelled.row_code)
        and labelled.column_group is not distinct from coalesce(torn.column_group, labelled.column_group)
    union all by name
    select
        torn.document_id,
        torn.table_no,
        torn.row_no,
        torn.label_seq,
        torn.form_part,
        torn.row_code,
        concat_ws(' / ', torn.row_label, 'in the order of the form') as row_label,
        4 as row_tier,
        'torn' as way,
        false as is_header_own,
        torn.col_no,
        torn.figure,
        torn.text,
        torn.qualifier,
        torn.own_factor,
        torn.own_kind,
        torn.page,
        torn.column_code,
        torn.column_group,
        1 as column_tier,
        false as is_joined_row,
        false as is_joined,
    from torn_figures as torn
    anti join figures_by_labels as labelled
        on torn.document_id = labelled.document_id
        and torn.form_part = labelled.form_part
        and torn.table_no = labelled.table_no
        and torn.row_no = labelled.row_no
        and torn.col_no = labelled.col_no
        and torn.column_code = labelled.column_code
        and coalesce(torn.row_code, labelled.row_code) is not distinct from labelled.row_code
        and coalesce(torn.column_group, labelled.column_group) is not distinct from labelled.column_group
    where torn.figure is not null
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
        and figures.way != 'torn'
        and figures.row_code is not null
        and (statistics_columns.column_code is not null or figures.column_code = 'named_year')
    window figures_of_row as (
        partition by figures.document_id, figures.table_no, figures.row_no, figures.label_seq
    )
),

table_figures as (
    select *, 'own' as column_scope
    from figures_with_columns
    where form_part != 'statistics' or row_code is null or way = 'torn'
    union all by name
    select * exclude (column_rank, best_rank, same_rank_count)
    from statistics_ranked
    where column_rank = best_rank and same_rank_count = 1
)

select * exclude (named_year) from table_figures
