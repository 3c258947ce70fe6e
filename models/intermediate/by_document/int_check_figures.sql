with documents_to_build as (
    {{ documents_to_build() }}
),

observations as (
    select observations.*
    from {{ ref('observations') }} as observations
    inner join documents_to_build on observations.document_id = documents_to_build.document_id
),

form_cells as (
    select form_cells.*
    from {{ ref('int_form_cells_found') }} as form_cells
    inner join documents_to_build on form_cells.document_id = documents_to_build.document_id
),

-- Sums that we made ourselves would only be compared with their own parts.
stated as (
    select
        document_id,
        report_id,
        indicator_code,
        applicant_type,
        sum(value) as value,
        bool_and(qualifier = 'exact' and confidence != 'doubtful') as is_exact,
        list(observation_id order by observation_id) as observation_ids,
    from observations
    where is_selected and basis != 'derived'
    group by all
),

blank as (
    select
        form_cells.document_id,
        {{ report_id('form_cells.document_id') }} as report_id,
        form_cells.indicator_code,
        form_cells.applicant_type,
        null as value,
        true as is_exact,
        null as observation_ids,
    from form_cells
    anti join stated
        on form_cells.document_id = stated.document_id
        and form_cells.indicator_code = stated.indicator_code
        and form_cells.applicant_type = stated.applicant_type
    where form_cells.state = 'blank'
),

figures as (
    select * from stated
    union all by name
    select * from blank
)

select * from figures
