{%- set measures = [] -%}
{%- for column in model.columns.values() if column.config.meta.get('indicator_code') -%}
    {%- do measures.append((column.config.meta['indicator_code'], column.name)) -%}
{%- endfor -%}
with observations as (
    select * from {{ ref('observations') }} where is_selected
),

current_reports as (
    select * from {{ ref('dim_report') }} where is_current
),

-- The total stands in fct_applications: here are the parts alone, so that a sum never counts both.
facts as (
    select
        current_reports.report_id,
        observations.applicant_type,
        current_reports.agency_id,
        current_reports.region_code,
        current_reports.level_code,
        current_reports.year,
        {%- for indicator_code, column_name in measures %}
        max(observations.value) filter (where observations.indicator_code = '{{ indicator_code }}') as {{ column_name }},
        {%- endfor %}
    from current_reports
    inner join observations on current_reports.report_id = observations.report_id
    where observations.applicant_type != 'all'
    group by all
)

select * from facts
