{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select documents_to_build.document_id
    from documents_to_build
    inner join {{ ref('int_reports_identified') }} as identified
        on documents_to_build.document_id = identified.document_id
),

cells as (
    select
        cells.document_id,
        cells.table_no,
        cells.row_no,
        cells.col_no,
        cells.page,
        cells.text,
        cells.text_squashed,
        cells.cell_kind,
        cells.figure_if_one is not null as has_several,
        (cells.figure * coalesce(cells.own_factor, 1))::decimal(20, 4) as value,
        last_value(case when cells.cell_kind = 'label' then cells.text_squashed end ignore nulls) over (
            partition by cells.document_id, cells.table_no, cells.row_no
            order by cells.col_no
            rows between unbounded preceding and 1 preceding
        ) as label,
    from {{ ref('int_cells_read') }} as cells
    inner join reports on cells.document_id = reports.document_id
),

numbers as (
    select * from cells
    where cell_kind in ('value', 'unclear') or regexp_matches(text_squashed, '[0-9]')
),

tables as (
    select tables.document_id, tables.table_no, tables.form_parts
    from {{ ref('int_tables_recognised') }} as tables
    inner join reports on tables.document_id = reports.document_id
),

column_labels as (
    select labels.document_id, labels.table_no, labels.row_no, labels.col_no, reasons.reason
    from {{ ref('int_labels_matched') }} as labels
    inner join reports on labels.document_id = reports.document_id
    left join {{ ref('column_reasons') }} as reasons on labels.label_code = reasons.column_code
    where labels.label_role = 'column'
    qualify row_number() over (
        partition by labels.document_id, labels.table_no, labels.row_no, labels.col_no order by reasons.reason nulls last
    ) = 1
),

-- Figures of a form that no label's row holds. A table that tells nothing of itself is of the statistics only where
-- their labels stand in the text.
torn as (
    select distinct torn.document_id, torn.table_no, torn.row_no, torn.col_no
    from {{ ref('int_torn_numbers') }} as torn
    inner join reports on torn.document_id = reports.document_id
    where
        not torn.has_row
        and (
            torn.form_part != 'statistics'
            or torn.document_id in (
                select document_id from {{ ref('int_torn_rows') }}
                group by document_id
                having count(*) >= {{ labels_needed('statistics') }}
            )
        )
),

cell_numbers as (
    select
        numbers.document_id,
        numbers.table_no,
        numbers.row_no,
        numbers.col_no,
        numbers.page,
        (length(numbers.text) - length(ltrim(numbers.text)))::integer as char_start,
        length(rtrim(numbers.text))::integer as char_end,
        trim(numbers.text) as words,
        numbers.label,
        numbers.value,
        case
            when column_labels.reason is not null then column_labels.reason
            when torn.document_id is not null then 'torn table'
            when numbers.cell_kind not in ('value', 'unclear') and tables.form_parts != '' then 'heading or list number'
            when coalesce(tables.form_parts, '') = '' then 'another table'
            when numbers.has_several then 'several figures in one place'
            when regexp_matches(numbers.text_squashed, '[%‰]$') then 'share'
            when numbers.cell_kind = 'unclear' then 'figure that cannot be told'
        end as no_figure_because,
    from numbers
    left join tables on numbers.document_id = tables.document_id and numbers.table_no = tables.table_no
    left join torn
        on numbers.document_id = torn.document_id
        and numbers.table_no = torn.table_no
        and numbers.row_no = torn.row_no
        and numbers.col_no = torn.col_no
    -- The header in force is the last one above.
    asof left join column_labels
        on numbers.document_id = column_labels.document_id
        and numbers.table_no = column_labels.table_no
        and numbers.col_no = column_labels.col_no
        and numbers.row_no >= column_labels.row_no
)

select * from cell_numbers
