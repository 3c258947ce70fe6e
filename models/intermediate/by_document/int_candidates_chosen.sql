with documents_to_build as (
    {{ documents_to_build() }}
),

candidates as (
    select candidates.*
    from {{ ref('int_candidates') }} as candidates
    inner join documents_to_build on candidates.document_id = documents_to_build.document_id
    -- Only what is an annual report states figures of its own.
    inner join {{ ref('int_reports_identified') }} as reports on candidates.document_id = reports.document_id
),

-- One place of the text gives one figure: two rules that agree on it are one candidate.
distinct_readings as (
    select *
    from candidates
    qualify row_number() over (
        partition by
            document_id, indicator_code, applicant_type, category_label, value,
            block_no, table_no, row_no, col_no, char_start
        order by
            case confidence when 'certain' then 1 when 'likely' then 2 else 3 end,
            rule_id
    ) = 1
),

ranked as (
    select
        *,
        row_number() over (
            partition by document_id, indicator_code, applicant_type, category_label
            order by
                confidence = 'doubtful',
                case basis when 'table' then 1 when 'narrative' then 2 when 'negation' then 3 else 4 end,
                period_part != 'year',
                scope_part != 'own',
                qualifier != 'exact',
                case confidence when 'certain' then 1 else 2 end,
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
        left(md5(concat_ws(
            '|', document_id, indicator_code, applicant_type, category_label, value,
            'b', block_no, 't', table_no, 'r', row_no, 'c', col_no, 's', char_start
        )), 16) as observation_id,
        * exclude (choice_rank),
        choice_rank = 1 as is_selected,
    from ranked
)

select * from chosen
