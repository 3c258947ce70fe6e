with documents_to_build as (
    {{ documents_to_build() }}
),

observations as (
    select observations.*
    from {{ ref('observations') }} as observations
    inner join documents_to_build on observations.document_id = documents_to_build.document_id
),

applicants as (
    select * from {{ ref('applicants') }}
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

-- A row of the application table of which any column was read: its other cells are there, and blank.
table_rows as (
    select distinct document_id, report_id, indicator_code from observations
    where basis = 'table' and applicant_type != 'all'
),

blank as (
    select
        table_rows.document_id,
        table_rows.report_id,
        table_rows.indicator_code,
        applicants.applicant_type,
        null as value,
        true as is_exact,
        null as observation_ids,
    from table_rows
    cross join applicants
    anti join stated
        on table_rows.document_id = stated.document_id
        and table_rows.indicator_code = stated.indicator_code
        and applicants.applicant_type = stated.applicant_type
),

figures as (
    select * from stated
    union all by name
    select * from blank
)

select * from figures
