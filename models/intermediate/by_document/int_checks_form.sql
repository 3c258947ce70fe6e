with documents_to_build as (
    {{ documents_to_build() }}
),

cells as (
    select cells.*
    from {{ ref('int_form_cells_found') }} as cells
    inner join documents_to_build on cells.document_id = documents_to_build.document_id
),

observations as (
    select observations.*
    from {{ ref('observations') }} as observations
    inner join documents_to_build on observations.document_id = documents_to_build.document_id
    where observations.is_selected and observations.basis in ('narrative', 'negation')
),

said_elsewhere as (
    select cells.document_id, cells.indicator_code, cells.applicant_type, observations.observation_id
    from cells
    inner join observations
        on cells.document_id = observations.document_id
        and cells.indicator_code = observations.indicator_code
        and cells.applicant_type = observations.applicant_type
    where cells.state = 'blank'
),

-- Each check counts the cells in one state, and names their rows.
counted as (
    select
        cells.document_id,
        unnest(['Q-TABLES', 'Q-ROWS', 'Q-BLANK', 'Q-BLANK-SAID']) as check_code,
        unnest([
            count(distinct cells.form_part) filter (where cells.state = 'table_missing'),
            count(distinct cells.label) filter (where cells.state = 'row_missing'),
            count(*) filter (where cells.state = 'blank'),
            count(*) filter (where said_elsewhere.observation_id is not null),
        ]) as cell_count,
        unnest([
            string_agg(distinct cells.form_part, '、' order by cells.form_part)
                filter (where cells.state = 'table_missing'),
            string_agg(distinct cells.label, '、' order by cells.label) filter (where cells.state = 'row_missing'),
            string_agg(distinct cells.label, '、' order by cells.label) filter (where cells.state = 'blank'),
            string_agg(distinct cells.label, '、' order by cells.label)
                filter (where said_elsewhere.observation_id is not null),
        ]) as labels,
        list(said_elsewhere.observation_id order by said_elsewhere.observation_id)
            filter (where said_elsewhere.observation_id is not null) as said_ids,
    from cells
    left join said_elsewhere
        on cells.document_id = said_elsewhere.document_id
        and cells.indicator_code = said_elsewhere.indicator_code
        and cells.applicant_type = said_elsewhere.applicant_type
    group by cells.document_id
),

judged as (
    select
        document_id,
        {{ report_id('document_id') }} as report_id,
        check_code,
        'all' as applicant_type,
        if(cell_count > 0, 'fail', 'pass') as result,
        0::decimal(20, 4) as expected,
        cell_count::decimal(20, 4) as actual,
        cell_count::decimal(20, 4) as difference,
        0 as blank_count,
        if(check_code = 'Q-BLANK-SAID', said_ids, null) as observation_ids,
        labels as detail_zh,
        labels as detail_en,
    from counted
)

select * from judged
