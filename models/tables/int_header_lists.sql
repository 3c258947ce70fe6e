{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

headers as (
    select headers.*
    from {{ ref('int_table_headers') }} as headers
    inner join documents_to_build on headers.document_id = documents_to_build.document_id
),

shapes as (
    select * from {{ ref('int_form_shapes') }} where total_code is not null
),

other_periods as (
    select column_code from {{ ref('form_column_kinds') }} where kind = 'other_period'
),

header_lists as (
    select
        document_id,
        header_no,
        any_value(form_part) as form_part,
        any_value(column_count) as column_count,
        -- where the last column of figures ends; parts without totals may have blank columns after the last label
        if(
            any_value(form_part) in (select form_part from shapes), max(last_leaf_col_no), any_value(last_col_no)
        ) as header_last_col_no,
        any_value(row_count) as header_row_count,
        any_value(is_orderly) as is_orderly,
        bool_or(column_code in (select column_code from other_periods)) as has_other_periods,
        bool_or(column_group is null) as has_nameless_columns,
        bool_or(column_code in (select total_code from shapes where block_count = 1)) as has_total,
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
)

select *, {{ columns_key('columns') }} as column_key from header_lists
