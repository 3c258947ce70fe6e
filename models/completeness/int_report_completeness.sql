with cells as (
    select * from {{ ref('int_form_cells_found') }}
),

counted as (
    select
        {{ report_id('document_id') }} as report_id,
        count(*) as figures_asked,
        count(*) filter (where state = 'stated') as figures_stated,
    from cells
    group by document_id
)

select * from counted
