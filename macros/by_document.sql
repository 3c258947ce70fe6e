{# Building by document. A model of the folder `by_document` keeps, in intermediate.build_ledger, the version under
   which it built each document: what was landed, this model and all that it stands on (models by their file's
   checksum, seeds by their content), made into one hash. A document whose version differs is built again, alone.
   So ten new documents cost ten documents, and a changed seed rebuilds just the models below it.

   dbt does not say which macros a model uses: where one changed, `gongkai build` makes everything anew, and whoever runs
   dbt alone asks for --full-refresh.

   A model of a folder `by_report` does the same with rows of reports, whose key is report_id, and looks beyond its own
   document: its version also holds what int_report_contexts says of the reports beside it. #}

{% macro create_build_ledger() %}
create schema if not exists {{ target.database }}.intermediate;
create table if not exists {{ ledger() }} (model varchar, document_id varchar, version varchar);
create table if not exists {{ seed_versions() }} (seed varchar, version varchar);
-- `gongkai build` remembers here by which rules all was built last; whoever runs dbt alone makes that uncertain.
drop table if exists {{ target.database }}.intermediate.rules_built;
{% endmacro %}

{# Post-hook of every seed: what it holds, whatever the order of its rows. #}
{% macro remember_seed_version() %}
delete from {{ seed_versions() }} where seed = '{{ model.name }}';
insert into {{ seed_versions() }}
select '{{ model.name }}', bit_xor(hash(seed_row))::varchar || ':' || count(*) from {{ this }} as seed_row;
{% endmacro %}

{# All models and seeds of this project that a node stands on, and itself. #}
{% macro standing_on(node) %}
    {%- set found = [node.unique_id] -%}
    {%- for unique_id in found -%}
        {%- for parent in graph.nodes[unique_id].depends_on.nodes
            if parent not in found and parent in graph.nodes -%}
            {%- do found.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{% endmacro %}

{# An SQL expression: the version of this model and all that it stands on. #}
{% macro rules_version() -%}
{#- A unit test has no graph. -#}
{%- if not execute or graph.nodes is not defined -%}''{%- else -%}
{%- set contract = [model.description] -%}
{%- for column in model.columns.values() -%}
    {%- do contract.append(column.name ~ ' ' ~ column.data_type ~ ' ' ~ column.description) -%}
{%- endfor -%}
{%- set checksums = [contract ~ measures()] -%}
{%- set seeds = ["''"] -%}
{%- for unique_id in standing_on(model) -%}
    {%- set node = graph.nodes[unique_id] -%}
    {%- if node.resource_type == 'seed' -%}
        {%- do seeds.append("'" ~ node.name ~ "'") -%}
    {%- else -%}
        {%- do checksums.append(node.name ~ node.checksum.checksum) -%}
    {%- endif -%}
{%- endfor -%}
md5('{{ local_md5(checksums | join(",")) }}' || coalesce((
    select string_agg(version, ',' order by seed) from {{ seed_versions() }} where seed in ({{ seeds | join(', ') }})
), ''))
{%- endif -%}
{%- endmacro %}

{# A query: the documents that this model must build now. Use as a CTE and join to it. #}
{% macro documents_to_build() -%}
{%- if is_incremental() -%}
select document_id, version from {{ pending_documents() }}
{%- else -%}
{{ documents_by_version() }}
{%- endif -%}
{%- endmacro %}

{% macro documents_by_version() -%}
select
    documents.document_id,
    md5(
        documents.content_version
        {%- if looks_beyond() %}
        -- What is no report, or is none any more, has no context.
        || coalesce(contexts.context_version, '')
        {%- endif %}
        || {{ rules_version() }}
    ) as version,
from {{ source('raw', 'documents') }} as documents
{%- if looks_beyond() %}
left join {{ ref('int_report_contexts') }} as contexts on documents.document_id = contexts.document_id
{%- endif %}
{%- endmacro %}

{# Whether this model is one by report. #}
{% macro looks_beyond() -%}
{{ return('by_report' in model.fqn) }}
{%- endmacro %}

{# Builds the models by document, in place of dbt's own way: the ledger says what to replace, so no table aside is
   filled and compared. Where nothing is kept, the table is made anew, and may have other columns than before. #}
{% materialization incremental, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- if is_incremental() -%}
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
        {{ remember_documents_built(kept) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {%- if kept == 0 -%}
        {%- do persist_docs(target_relation, model) -%}
    {%- endif %}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Compare with the ledger, once for all that asks; gives the number of documents whose rows stay. #}
{% macro find_pending_documents() %}
create or replace temp table {{ pending_documents() }} as
select documents.document_id, documents.version
from ({{ documents_by_version() }}) as documents
left join {{ ledger() }} as ledger
    on documents.document_id = ledger.document_id and ledger.model = '{{ model.name }}'
where ledger.version is distinct from documents.version;
select
    (select count(*) from {{ source('raw', 'documents') }}) - (select count(*) from {{ pending_documents() }}) as kept,
{% endmacro %}

{% macro replace_pending_documents(relation, sql) %}
delete from {{ relation }}
where
    {%- if looks_beyond() %}
    report_id in (select {{ report_id('document_id') }} from {{ pending_documents() }})
    {%- else %}
    document_id in (select document_id from {{ pending_documents() }})
    {%- endif %};
insert into {{ relation }} by name ({{ sql }})
{% endmacro %}

{% macro remember_documents_built(kept) %}
delete from {{ ledger() }}
where
    model = '{{ model.name }}'
    {% if kept > 0 %}and document_id in (select document_id from {{ pending_documents() }}){% endif %};
insert into {{ ledger() }}
select '{{ model.name }}', document_id, version from ({{ documents_to_build() }}) as built
{% endmacro %}

{% macro pending_documents() %}temp.main.pending_{{ model.name }}{% endmacro %}

{# Hooks run without a default schema in the warehouse, so the two tables are named in full. #}
{% macro ledger() %}{{ target.database }}.intermediate.build_ledger{% endmacro %}
{% macro seed_versions() %}{{ target.database }}.intermediate.seed_versions{% endmacro %}
