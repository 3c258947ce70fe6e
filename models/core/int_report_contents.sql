{{ config(materialized='by_document') }}

{# What a report states, for telling the same report met again from another one: its figures before corrections, its
   text, and its words without figures. What a portal says of the page (how often it was visited) is left out, and so
   is all but characters and digits, so that a web page and a Word file of one report have the same text. #}
with documents_to_build as (
    {{ documents_to_build() }}
),

reports as (
    select identified.document_id
    from {{ ref('int_reports_identified') }} as identified
    inner join documents_to_build on identified.document_id = documents_to_build.document_id
),

blocks as (
    select
        blocks.document_id,
        blocks.block_no as after_block_no,
        0 as table_no,
        0 as row_no,
        0 as col_no,
        {{ squash('blocks.text_regular') }} as line,
    from {{ ref('stg_raw__blocks') }} as blocks
    inner join reports on blocks.document_id = reports.document_id
    where blocks.kind in ('heading', 'paragraph')
),

cells as (
    select
        cells.document_id,
        cells.after_block_no,
        cells.table_no,
        cells.row_no,
        cells.col_no,
        cells.text_squashed as line,
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join reports on cells.document_id = reports.document_id
),

pieces as (
    select * from blocks
    where not {{ is_about_page('line') }}
    union all
    select * from cells
),

texts as (
    select
        document_id,
        string_agg(
            regexp_replace(line, '[^\p{Han}\d]', '', 'g'), '' order by after_block_no, table_no, row_no, col_no
        ) as text,
    from pieces
    group by document_id
),

figures as (
    select
        chosen.document_id,
        count(*) as figure_count,
        bit_xor(hash(
            chosen.indicator_code, chosen.applicant_type, chosen.category_label, chosen.value::decimal(20, 4)
        ))::varchar as figures_version,
    from {{ ref('int_candidates_chosen') }} as chosen
    inner join documents_to_build on chosen.document_id = documents_to_build.document_id
    where chosen.is_selected
    group by chosen.document_id
),

described as (
    select
        reports.document_id,
        coalesce(figures.figure_count, 0) as figure_count,
        figures.figures_version,
        md5(nullif(texts.text, '')) as text_version,
        md5(nullif(regexp_replace(texts.text, '\d', '', 'g'), '')) as words_version,
    from reports
    left join texts on reports.document_id = texts.document_id
    left join figures on reports.document_id = figures.document_id
)

select * from described
