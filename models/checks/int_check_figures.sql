{{ config(materialized='by_document') }}

with documents_to_build as (
    {{ documents_to_build() }}
),

observations as (
    select observations.* replace (documents_to_build.document_id as document_id)
    from {{ ref('observations') }} as observations
    inner join documents_to_build on observations.report_id = {{ report_id('documents_to_build.document_id') }}
),

form_cells as (
    select form_cells.*
    from {{ ref('int_form_cells_found') }} as form_cells
    inner join documents_to_build on form_cells.document_id = documents_to_build.document_id
),

-- A category that is taken up again (规划总结29条 … 上述规划总结类29条) is still one part of the total.
repeated as (
    select distinct longer.observation_id
    from observations as longer
    inner join observations as shorter
        on longer.document_id = shorter.document_id
        and longer.indicator_code = shorter.indicator_code
        and longer.value = shorter.value
        and longer.category_label != shorter.category_label
        and contains(longer.category_label, shorter.category_label)
    where longer.is_selected and shorter.is_selected and longer.value > 0
),

-- Sums that we made ourselves would only be compared with their own parts.
stated as (
    select
        document_id,
        report_id,
        indicator_code,
        applicant_type,
        sum(value) as value,
        bool_and(qualifier = 'exact') as is_exact,
        bool_or(confidence = 'doubtful') as is_doubtful,
        list(observation_id order by observation_id) as observation_ids,
    from observations
    anti join repeated on observations.observation_id = repeated.observation_id
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
        false as is_doubtful,
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
