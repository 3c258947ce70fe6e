{# The materialization `by_document`: the ledger says what to replace, so no table aside is filled and compared.
   Where nothing is kept, the table is made anew, and may have other columns than before. #}
{% materialization by_document, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- if keeps_documents() -%}
        {%- set kept = run_query(find_pending_documents())[0][0] -%}
    {%- else -%}
        {%- set kept = 0 -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- if kept == 0 -%}
        {{ drop_relation_if_exists(load_cached_relation(this)) }}
    {%- endif %}
    {% call statement('main') -%}
        {%- if kept == 0 -%}
            {{ create_table_as(False, target_relation, sql) }}
        {%- else -%}
            {{ replace_pending_documents(target_relation, sql) }}
        {%- endif -%}
    {%- endcall %}
    {% call statement('remember') -%}
        {{ remember_model_built() }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {%- if kept == 0 -%}
        {%- do persist_docs(target_relation, model) -%}
    {%- endif %}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro replace_pending_documents(relation, sql) %}
delete from {{ relation }}
where
    {%- if key_contexts() %}
    coalesce({{ key_column() }}::varchar, '') in (select document_id from {{ pending_documents() }})
    {%- elif has_reports() %}
    report_id in (select {{ report_id('document_id') }} from {{ pending_documents() }})
    {%- else %}
    document_id in (select document_id from {{ pending_documents() }})
    {%- endif %};
insert into {{ relation }} by name ({{ sql }})
{% endmacro %}
