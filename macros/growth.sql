{# Each current report beside the same body's report of the same scope of the year before, figure by figure. #}
{% macro figures_year_on_year(kind, reports) -%}
select
    reports.report_id,
    reports.year,
    reports.level_code,
    reports.agency_kind,
    reports.scope,
    check_indicators.check_code,
    check_indicators.indicator_code,
    check_indicators.name_zh,
    check_indicators.name_en,
    check_indicators.tolerance,
    figures.value,
    previous_figures.value as previous_value,
    figures.observation_ids || previous_figures.observation_ids as observation_ids,
from {{ reports }} as reports
inner join {{ ref('dim_report') }} as previous_reports
    on {{ is_of_year_before('reports', 'previous_reports') }}
    and previous_reports.is_current
inner join {{ ref('int_check_figures') }} as figures on reports.report_id = figures.report_id
inner join {{ ref('int_check_figures') }} as previous_figures
    on previous_reports.report_id = previous_figures.report_id
    and figures.indicator_code = previous_figures.indicator_code
    and figures.applicant_type = previous_figures.applicant_type
inner join {{ ref('int_check_indicators') }} as check_indicators
    on figures.indicator_code = check_indicators.indicator_code
    and check_indicators.kind = '{{ kind }}'
where reports.is_current and figures.applicant_type = 'all'
    and figures.value is not null and previous_figures.value is not null
{%- endmacro %}
