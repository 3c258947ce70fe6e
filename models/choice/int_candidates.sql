with cells_matched as (
    select * from {{ ref('int_cells_matched') }}
),

-- A piece of a label among torn tables is no sentence: （四）无, left of 无法提供, says that there was none.
clauses_matched as (
    select clauses.*
    from {{ ref('int_clauses_matched') }} as clauses
    anti join {{ ref('int_torn_lines') }} as torn
        on clauses.document_id = torn.document_id and clauses.block_no = torn.block_no
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
