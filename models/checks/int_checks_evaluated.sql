{#- By model: what of a result is the report's own, so that a finding is known again whatever other reports say. -#}
{%- set own_of_models = {
    'int_checks_within': 'own_figures',
    'int_checks_across': 'own_figures',
    'int_checks_conflict': "concat_ws(' ', subject, expected, actual)",
    'int_checks_growth': "concat_ws(' ', subject, actual)",
    'int_checks_unit': "concat_ws(' ', subject, actual)",
    'int_checks_peers': "concat_ws(' ', subject, actual)",
    'int_checks_same_figures': 'actual::varchar',
    'int_checks_same_text': 'null',
    'int_checks_share': "concat_ws(' ', subject, actual)",
    'int_checks_stated_growth': "concat_ws(' ', subject, actual)",
    'int_checks_form': "concat_ws(' ', actual, detail_zh)",
    'int_checks_legal': "concat_ws(' ', subject, expected, actual)",
    'int_checks_labels': "concat_ws(' ', actual, detail_zh)",
    'int_checks_sections': 'subject',
    'int_checks_text': 'detail_zh',
    'int_checks_report': 'detail_zh',
    'int_checks_backdated': 'subject',
    'int_checks_versions': 'null',
} -%}
{#- Of the others, other reports or the day on which they are made decide too. -#}
{%- set by_document = [
    'int_checks_within', 'int_checks_conflict', 'int_checks_growth', 'int_checks_unit', 'int_checks_share',
    'int_checks_stated_growth', 'int_checks_form', 'int_checks_legal', 'int_checks_labels', 'int_checks_sections',
    'int_checks_text',
] -%}
with results as (
    {%- for model, own_figures in own_of_models.items() %}
    select
        report_id,
        check_code,
        applicant_type,
        result,
        expected,
        actual,
        difference,
        blank_count,
        observation_ids,
        coalesce({{ own_figures }}, '') as own_figures,
        detail_zh,
        detail_en,
        {{ (model in by_document) | lower }} as is_by_document,
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from results
