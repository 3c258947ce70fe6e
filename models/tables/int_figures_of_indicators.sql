{{ config(materialized='by_document') }}

{%- set sums = words('form_words', "use = 'sum_of_kinds'") %}

with documents_to_build as (
    {{ documents_to_build() }}
),

table_figures as (
    select table_figures.*
    from {{ ref('int_table_figures') }} as table_figures
    inner join documents_to_build on table_figures.document_id = documents_to_build.document_id
),

cells as (
    select cells.*
    from {{ ref('int_cells_read') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

form_cells as (
    select * from {{ ref('form_cells') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

applicants as (
    select applicant_type from {{ ref('applicants') }}
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

figures_of_indicators as (
    select
        figures.*,
        case
            when figures.form_part = 'application' then figures.row_code
            when figures.form_part = 'statistics' then coalesce(figures.row_code, figures.column_code)
            when figures.form_part = 'categories' then 'disclosure.by_category'
            else form_cells.indicator_code
        end as indicator_code,
        case when figures.form_part = 'application' then figures.column_code else 'all' end as applicant_type,
        case when figures.form_part = 'categories' then category_names.category_label end as category_label,
        form_cells.default_unit,
        max(if(figures.column_code = 'projects', figures.figure, null)) over (
            partition by figures.document_id, figures.table_no, figures.row_no, figures.label_seq
        ) as projects,
    from table_figures as figures
    left join form_cells
        on figures.form_part = form_cells.form_part
        and if(figures.form_part = 'appeals', figures.column_group, figures.row_code) = form_cells.row_code
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
            and not regexp_matches(category_names.category_label, '{{ sums }}')
        )
),

-- Money is stored in yuan; where neither cell, row, column nor form says what a sum is in, only a zero is certain.
figures_in_units as (
    select
        figures.*,
        case
            when indicators.unit != 'yuan' and figures.own_kind = 'money' then null
            when indicators.unit != 'yuan' then coalesce(figures.own_factor, row_units.factor, 1)
            when figures.own_kind is not null then figures.own_factor
            when row_units.kind = 'money' then row_units.factor
            when figures.figure = 0 then 1
            else coalesce(
                column_units.factor,
                row_label_units.factor,
                default_units.factor,
                -- nobody buys for less than 100 yuan a project, and hardly for more than ten million
                case
                    when figures.row_code = 'procurement' and figures.figure >= 1000 * figures.projects then 1
                    when figures.row_code = 'procurement' and figures.figure < 100 * figures.projects then 10000
                end
            )
        end as factor,
        indicators.unit,
        indicators.unit != 'yuan'
        or figures.figure = 0
        or coalesce(
            figures.own_kind = 'money', row_units.kind = 'money',
            column_units.kind = 'money', row_label_units.kind = 'money', default_units.kind = 'money'
        ) as is_unit_stated,
        coalesce(indicators.note, '') like '%signed%' as may_be_negative,
    from figures_of_indicators as figures
    inner join indicators on figures.indicator_code = indicators.indicator_code
    -- not the sum of columns, which only some reports have
    inner join applicants on figures.applicant_type = applicants.applicant_type
    left join units as row_units on figures.row_unit = row_units.unit
    left join units as column_units on figures.column_stated_unit = column_units.unit
    left join units as row_label_units on figures.row_stated_unit = row_label_units.unit
    left join units as default_units on figures.default_unit = default_units.unit
),

-- Cases are counted in whole numbers, and nothing is below zero but a change.
judged as (
    select
        *,
        (figure >= 0 or may_be_negative) and (unit = 'yuan' or figure * coalesce(factor, 1) % 1 = 0) as is_possible,
    from figures_in_units
)

select * from judged
