{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

blocks as (
    select blocks.document_id, blocks.block_no, blocks.text_with_blanks
    from {{ ref('int_prose_blocks') }} as blocks
    inner join documents_to_build on blocks.document_id = documents_to_build.document_id
    where blocks.text_with_blanks is not null
),

runs as (
    select
        document_id,
        block_no,
        unnest(regexp_extract_all(text_with_blanks, '\s+|\S+')) as run,
        generate_subscripts(regexp_extract_all(text_with_blanks, '\s+|\S+'), 1) as run_no,
    from blocks
),

placed as (
    select
        document_id,
        block_no,
        run,
        sum(length(run)) over up_to_here - length(run) as place_found,
        coalesce(sum(length(run)) filter (where not regexp_matches(run, '^\s')) over (
            partition by document_id, block_no order by run_no rows between unbounded preceding and 1 preceding
        ), 0) as place_squashed,
    from runs
    window up_to_here as (partition by document_id, block_no order by run_no)
),

moves as (
    select
        document_id,
        block_no,
        place_squashed::integer as place_squashed,
        (place_found - place_squashed)::integer as moved_by,
    from placed
    where not regexp_matches(run, '^\s')
)

select * from moves
