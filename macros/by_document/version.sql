{# Building by document. What was landed of each document has a version and the number of the change that made it so, in
   state.key_changes. A model that is materialized='by_document' keeps, in state.models_built, up to which change it is
   built, and its own version: a hash of this model and all that it stands on (models by their file's checksum, seeds by
   their content). A document that changed since is built again, alone; where the model's version differs, all are.
   So ten new documents cost ten documents, and a changed seed rebuilds just the models below it.

   dbt does not say which macros a model uses: where one changed, `gongkai build` makes everything anew, and whoever runs
   dbt alone asks for --full-refresh.

   A model that asks for `keys_to_build()` of a model of contexts has rows of years, bodies, regions or reports, of which the
   ledger tells as of documents: what is ranked, summed and compared over documents is made anew for the keys
   whose context changed, and goes with a key that is no more.

   What stands on int_report_contexts, through whatever models, looks beyond its own document: that one changed too where
   they say other things of the reports beside it and the tables that are parts of it. One that asks for `reports_to_build()`
   has rows of reports, whose key is report_id, be the words in one document or another. #}

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
{%- if keeps_documents() -%}
select document_id from {{ pending_documents() }}
{%- else -%}
select document_id from {{ source('raw', 'documents') }}
{%- endif -%}
{%- endmacro %}

{# The same for a model whose rows are those of reports, from whatever documents. #}
{% macro reports_to_build() -%}
{%- set contexts = ref('int_report_contexts') -%}
{{ documents_to_build() }}
{%- endmacro %}

{# The keys that a model must build now, of those of a model of contexts. Use as a CTE and join to it; a key may be NULL. #}
{% macro keys_to_build(contexts) -%}
{%- set relation, column = ref(contexts), columns_of_keys()[contexts] -%}
{%- if keeps_documents() -%}
select nullif(document_id, '')::{{ 'integer' if column == 'year' else 'varchar' }} as {{ column }} from {{ pending_documents() }}
{%- else -%}
select {{ column }} from {{ relation }}
{%- endif -%}
{%- endmacro %}

{# The models of contexts, each with the column that tells whose a row is, and a version of all that is said of it. The
   same are known to gongkai/building/ledger.py. #}
{% macro columns_of_keys() -%}
{{ return({
    'int_year_contexts': 'year',
    'int_body_contexts': 'entity_id',
    'int_place_contexts': 'region_code',
    'int_region_contexts': 'region_code',
    'int_check_contexts': 'report_id',
    'int_wide_contexts': 'report_id',
}) }}
{%- endmacro %}

{# The model of contexts whose keys the rows of this model have; none where they are those of documents or reports. #}
{% macro key_contexts() -%}
{%- for contexts in columns_of_keys() if 'model.gongkai.' ~ contexts in model.get('depends_on', {}).get('nodes', []) -%}
    {{ return(contexts) }}
{%- endfor -%}
{{ return(none) }}
{%- endmacro %}

{% macro key_column() -%}
{{ return(columns_of_keys()[key_contexts()]) }}
{%- endmacro %}

{# Whether this model has rows of reports. #}
{% macro has_reports() -%}
{{ return('model.gongkai.int_report_contexts' in model.get('depends_on', {}).get('nodes', [])) }}
{%- endmacro %}

{# What changes this model waits for: of documents, of these and what lies beside them, or of other keys. #}
{% macro kind_of_keys() -%}
{%- set beyond = 'model.gongkai.int_report_contexts' in standing_on(model) -%}
{{ return(key_contexts() or ('int_report_contexts' if beyond else 'documents')) }}
{%- endmacro %}

{# Whether rows of earlier builds may stay. A unit test has no rows of earlier builds, nor a graph. What is compiled is run
   by `gongkai build` (gongkai/building/direct.py), which finds the pending documents first, whatever is there. #}
{% macro keeps_documents() -%}
{{ return(
    execute and graph.nodes is defined and (
        flags.WHICH == 'compile'
        or (not should_full_refresh() and (load_cached_relation(this) or {}).type == 'table')
    )
) }}
{%- endmacro %}
