{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

chosen as (
    select chosen.*
    from {{ ref('int_candidates_chosen') }} as chosen
    inner join documents_to_build on chosen.document_id = documents_to_build.document_id
    where chosen.applicant_type = 'all' and chosen.category_label is null
),

of_tables as (
    select * from chosen
    where basis = 'table' and is_selected and confidence != 'doubtful'
),

-- What would have been selected if there were no table.
of_prose as (
    select * from chosen
    where basis in ('narrative', 'negation')
    qualify row_number() over (partition by document_id, indicator_code order by choice_rank) = 1
),

-- A table's figure that stands nowhere in the prose, or as another indicator's, cannot have been read there, however right
-- the rules are.
in_prose as (
    select distinct figures.document_id, figures.value, understood.indicator_code
    from {{ ref('int_figures') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
    left join {{ ref('int_figures_chosen') }} as understood
        on figures.document_id = understood.document_id and figures.figure_no = understood.figure_no
),

said_twice as (
    select
        of_prose.document_id,
        of_prose.indicator_code,
        of_prose.rule_id,
        of_prose.asserted_confidence as confidence,
        {{ qualified_agree('of_prose', 'of_tables') }} as agrees,
        exists (
            select 1
            from in_prose
            where in_prose.document_id = of_tables.document_id
                and in_prose.value = of_tables.value
                and coalesce(in_prose.indicator_code, of_tables.indicator_code) = of_tables.indicator_code
        ) as is_table_value_in_prose,
    from of_prose
    inner join of_tables
        on of_prose.document_id = of_tables.document_id and of_prose.indicator_code = of_tables.indicator_code
)

select * from said_twice
