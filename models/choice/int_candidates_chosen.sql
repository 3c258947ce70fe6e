{{ config(materialized='by_document') }}

{#- No wrong digit was seen in a scan where OCR was surer of a cell or paragraph than this. -#}
{%- set sure_of_scan = 0.9 -%}
with documents_to_build as (
    {{ documents_to_build() }}
),

candidates as (
    select
        candidates.*,
        -- figures of a government alone and of its whole area, side by side: the report covers the one or the other
        case candidates.scope_part
            when 'own' then true
            when 'level' then coalesce(reports.scope, '') != 'aggregate'
            when 'area' then coalesce(reports.scope, '') = 'aggregate'
            else false
        end as is_of_own_scope,
    from {{ ref('int_candidates') }} as candidates
    inner join documents_to_build on candidates.document_id = documents_to_build.document_id
    -- Only what is an annual report states figures of its own.
    inner join {{ ref('int_reports_identified') }} as reports on candidates.document_id = reports.document_id
),

-- Figures that OCR was not sure of, wherever they stand, are doubtful.
unsure_places as (
    select document_id, block_no, null::integer as table_no, null::integer as row_no, null::integer as col_no
    from {{ ref('stg_raw__blocks') }}
    where confidence < {{ sure_of_scan }}
    union all
    select document_id, null::integer as block_no, table_no, row_no, col_no
    from {{ ref('stg_raw__table_cells') }}
    where confidence < {{ sure_of_scan }}
),

-- Where readings of a rule were compared with tables often enough, that says how sure they are, not the rule.
graded as (
    select
        candidates.* replace (
            if(
                unsure_places.document_id is null,
                coalesce(measured.measured_confidence, candidates.confidence), 'doubtful'
            ) as confidence
        ),
        candidates.confidence as asserted_confidence,
    from candidates
    left join {{ ref('int_rule_confidence') }} as measured
        on candidates.rule_id = measured.rule_id and candidates.confidence = measured.asserted_confidence
    left join unsure_places
        on candidates.document_id = unsure_places.document_id
        and candidates.block_no is not distinct from unsure_places.block_no
        and candidates.table_no is not distinct from unsure_places.table_no
        and candidates.row_no is not distinct from unsure_places.row_no
        and candidates.col_no is not distinct from unsure_places.col_no
),

-- One place of the text gives one figure: two rules that agree on it, or two clauses of one sentence, are one candidate.
distinct_readings as (
    select *
    from graded
    qualify row_number() over (
        partition by
            document_id, indicator_code, applicant_type, category_label, value,
            block_no, table_no, row_no, col_no, char_start
        order by
            case confidence when 'certain' then 1 when 'likely' then 2 else 3 end,
            place_in_paragraph,
            rule_id
    ) = 1
),

ranked as (
    select
        *,
        row_number() over (
            partition by document_id, indicator_code, applicant_type, category_label
            order by
                {{ order_of_choice() }},
                table_no nulls last,
                block_no nulls last,
                row_no,
                col_no,
                char_start,
                -- Two readings of one sentence that are equal in all of this: the same one is chosen in every build.
                rule_id,
                value
        ) as choice_rank,
    from distinct_readings
),

chosen as (
    select
        'o' || left(md5(concat_ws(
            '|', document_id, indicator_code, applicant_type, category_label, value,
            'b', block_no, 't', table_no, 'r', row_no, 'c', col_no, 's', char_start
        )), 16) as observation_id,
        * exclude (paragraph_no, place_in_paragraph, length_in_paragraph),
        choice_rank = 1 as is_selected,
    from ranked
)

select * from chosen
