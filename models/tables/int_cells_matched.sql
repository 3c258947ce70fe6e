{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

figures as (
    select figures.*
    from {{ ref('int_figures_of_indicators') }} as figures
    inner join documents_to_build on figures.document_id = documents_to_build.document_id
),

-- Formulas of sheets whose value nobody computed, made by the reader.
cells_computed as (
    select cells.document_id, cells.table_no, cells.row_no, cells.col_no
    from {{ ref('stg_raw__table_cells') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
    where cells.is_computed
),

candidates as (
    select
        figures.document_id,
        figures.indicator_code,
        figures.applicant_type,
        figures.category_label,
        -- accountants bracket what is taken off: a change of （3） is one of -3
        (
            if(may_be_negative and figure > 0 and regexp_full_match(text, '\s*[（(]\s*[\d０-９]+\s*[）)]\s*'), -figure, figure)
            * factor
        )::decimal(20, 4) as value,
        qualifier,
        if(cells_computed.document_id is null, 'table', 'derived') as basis,
        'year' as period_part,
        column_scope as scope_part,
        case
            when
                row_tier <= 2 and column_tier <= 2 and not is_joined_row and is_unit_stated
                and (way in ('place', 'single', 'row') or (way = 'order' and (is_header_own or column_count >= 5)))
                then 'certain'
            when row_tier >= 8 and way not in ('place', 'order', 'single') then 'doubtful'
            else 'likely'
        end as confidence,
        concat_ws(' / ', form_part, row_label, column_label) as rule_id,
        null::integer as block_no,
        figures.table_no,
        figures.row_no,
        figures.col_no,
        figures.page,
        -- A figure whose digits were put together from two cells is no place in one.
        if(is_joined, null, length(text) - length(ltrim(text))) as char_start,
        if(is_joined, null, length(rtrim(text))) as char_end,
        trim(text) as evidence_text,
        row_tier,
    from figures
    left join cells_computed
        on figures.document_id = cells_computed.document_id
        and figures.table_no = cells_computed.table_no
        and figures.row_no = cells_computed.row_no
        and figures.col_no = cells_computed.col_no
    where factor is not null and is_possible
),

-- A label that is only like another never stands against that label itself.
cells_matched as (
    select * exclude (row_tier) from candidates where row_tier < 8
    union all by name
    select * exclude (row_tier)
    from candidates
    where
        row_tier >= 8
        and not exists (
            from candidates as better
            where better.document_id = candidates.document_id
            and better.indicator_code = candidates.indicator_code
            and better.applicant_type = candidates.applicant_type
            and better.row_tier < candidates.row_tier
        )
)

select * from cells_matched
