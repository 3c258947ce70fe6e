{# The measures of this model: one column for each column of its YAML that names an indicator in its meta. #}
{% macro measure_columns() -%}
{%- for indicator_code, column_name in measures() %}
        max(observations.value) filter (where observations.indicator_code = '{{ indicator_code }}') as {{ column_name }},
{%- endfor %}
{%- endmacro %}

{# Pairs of indicator and column that this model's YAML names. #}
{% macro measures() -%}
{%- set found = [] -%}
{%- for column in model.columns.values() if column.config.meta.get('indicator_code') -%}
    {%- do found.append((column.config.meta['indicator_code'], column.name)) -%}
{%- endfor -%}
{{ return(found) }}
{%- endmacro %}

{# A query: the current reports whose facts must be built now. #}
{% macro current_reports_to_build() -%}
select reports.*
from {{ ref('dim_report') }} as reports
inner join ({{ reports_to_build() }}) as documents_to_build
    on reports.document_id = documents_to_build.document_id
where reports.is_current
{%- endmacro %}

{# The body of a fact table: one row a current report that states something of the kind, one column for each column of
   the model's YAML that names an indicator in its meta. So a new indicator is one seed row and one YAML column. #}
{% macro fact_table() -%}
with observations as (
    select * from {{ ref('observations') }}
    where is_selected and applicant_type = 'all' and category_label is null
),

current_reports as (
    {{ current_reports_to_build() }}
),

facts as (
    select
        current_reports.report_id,
        current_reports.agency_id,
        current_reports.region_code,
        current_reports.level_code,
        current_reports.year,
        current_reports.scope,
        {{- measure_columns() }}
    from current_reports
    inner join observations on current_reports.report_id = observations.report_id
    where observations.indicator_code in (
        {%- for indicator_code, column_name in measures() %}
        '{{ indicator_code }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
    group by all
)

select * from facts
{%- endmacro %}
