with cells_matched as (
    select * from {{ ref('int_cells_matched') }}
),

clauses_matched as (
    select * from {{ ref('int_clauses_matched') }}
),

figures_derived as (
    select * from {{ ref('int_figures_derived') }}
),

candidates as (
    select * from cells_matched
    union all by name
    select * from clauses_matched
    union all by name
    select * from figures_derived
)

select * from candidates
