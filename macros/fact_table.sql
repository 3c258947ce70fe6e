{# The measures of this model: one column for each column of its YAML that names an indicator in its meta, and the same
   under names that were given up, which stay a version long. #}
{% macro measure_columns() -%}
{%- for indicator_code, column_name in measures() + former_measures() %}
        max(observations.value) filter (where observations.indicator_code = '{{ indicator_code }}') as {{ column_name }},
{%- endfor %}
{%- endmacro %}

{# How sure the measures of this model are: the columns whose figure is not exact, and those whose reading is doubtful. #}
{% macro doubt_columns() -%}
{%- for name, condition in [('inexact', "qualifier != 'exact'"), ('doubtful', "confidence = 'doubtful'")] %}
        list_sort(coalesce(list(
            case observations.indicator_code
                {%- for indicator_code, column_name in measures() %}
                when '{{ indicator_code }}' then '{{ column_name }}'
                {%- endfor %}
            end
        ) filter (where observations.{{ condition }}), [])) as {{ name }}_indicators,
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

{# Pairs of indicator and former name of its column that this model's YAML names. #}
{% macro former_measures() -%}
{%- set found = [] -%}
{%- for column in model.columns.values() if column.config.meta.get('former_name_of') -%}
    {%- for indicator_code, column_name in measures() if column_name == column.config.meta['former_name_of'] -%}
        {%- do found.append((indicator_code, column.name)) -%}
    {%- endfor -%}
{%- endfor -%}
{{ return(found) }}
{%- endmacro %}

{# Whether a report's figures cover its whole year. `of`: the report's table with a dot, or nothing. #}
{% macro covers_whole_year(of='') -%}
{{ of }}period_start <= make_date({{ of }}year, 1, 1) and {{ of }}period_end >= make_date({{ of }}year, 12, 31)
{%- endmacro %}

{# A query: the current reports whose facts must be built now. #}
{% macro current_reports_to_build() -%}
select reports.*, {{ covers_whole_year('reports.') }} as period_is_whole_year,
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
        {{- doubt_columns() }}
        current_reports.period_is_whole_year,
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

{# The rows of a fact table of the same columns, without the figures whose reading is doubtful. #}
{% macro sure_facts(facts) -%}
with facts as (
    select * from {{ facts }}
),

sure as (
    select
        * replace (
            {%- for indicator_code, column_name in measures() %}
            {%- for own, name in [(indicator_code, column_name)] + former_measures() if own == indicator_code %}
            case when not list_contains(doubtful_indicators, '{{ column_name }}') then {{ name }} end as {{ name }},
            {%- endfor %}
            {%- endfor %}
        ),
    from facts
)

select * from sure
{%- endmacro %}
