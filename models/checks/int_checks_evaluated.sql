{%- set kinds = [
    'int_checks_within', 'int_checks_across', 'int_checks_conflict', 'int_checks_growth', 'int_checks_unit',
    'int_checks_peers', 'int_checks_same_figures', 'int_checks_same_text',
    'int_checks_share', 'int_checks_stated_growth', 'int_checks_form', 'int_checks_legal', 'int_checks_labels',
    'int_checks_sections', 'int_checks_text',
    'int_checks_report', 'int_checks_backdated', 'int_checks_versions',
] -%}
with results as (
    {%- for kind in kinds %}
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
        detail_zh,
        detail_en,
    from {{ ref(kind) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from results
