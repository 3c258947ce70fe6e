{# The ledger of what changed, and up to which change each model is built; gongkai/building/ledger.py has the same. #}

{% macro open_ledger() %}
create schema if not exists {{ target.database }}.state;
create table if not exists {{ key_changes() }} (kind varchar, key varchar, version varchar, change integer);
create table if not exists {{ models_built() }} (model varchar, kind varchar, version varchar, change integer);
create table if not exists {{ seed_versions() }} (seed varchar, version varchar);
-- `gongkai build` remembers here by which rules all was built last; whoever runs dbt alone makes that uncertain.
drop table if exists {{ target.database }}.state.rules_built;
drop table if exists {{ target.database }}.state.nodes_built;
-- What shards built ahead of the rest, dbt builds again.
drop table if exists {{ target.database }}.state.built_in_shards;
{{ find_changes('documents') }}
{% endmacro %}

{# Post-hook of every seed: what it holds, whatever the order of its rows. #}
{% macro remember_seed_version() %}
delete from {{ seed_versions() }} where seed = '{{ model.name }}';
insert into {{ seed_versions() }}
select '{{ model.name }}', bit_xor(hash(seed_row))::varchar || ':' || count(*) from {{ this }} as seed_row;
{% endmacro %}

{# Note what changed of all keys of a kind since they were looked at last: of documents as a run begins, of those of a
   model of contexts as its post-hook. One that is no more keeps its row. #}
{% macro find_changes(kind) %}
merge into {{ key_changes() }} as changes
using (
    with versions as (
        {{ versions_of_keys(kind) }}
    ),

    known as (
        select key, version, change from {{ key_changes() }} where kind = '{{ kind }}'
    )

    select key, versions.version, (select coalesce(max(change), 0) + 1 from known) as change
    from versions
    full join known using (key)
    where versions.version is distinct from known.version
) as changed
on changes.kind = '{{ kind }}' and changes.key = changed.key
when matched then update set version = changed.version, change = changed.change
when not matched then insert values ('{{ kind }}', changed.key, changed.version, changed.change)
{% endmacro %}

{# A query: all keys of a kind, each with a version of all that is said of it. #}
{% macro versions_of_keys(kind) %}
{%- set documents = target.database ~ '.raw.documents' -%}
{%- set contexts = target.database ~ '.intermediate.' ~ kind -%}
{%- if kind == 'documents' -%}
select document_id as key, content_version as version from {{ documents }}
{%- elif kind == 'int_report_contexts' -%}
-- What is no report, or is none any more, has no context.
select document_id as key, content_version || coalesce(context_version, '') as version
from {{ documents }} left join {{ contexts }} using (document_id)
{%- else -%}
select coalesce({{ columns_of_keys()[kind] }}::varchar, '') as key, context_version as version from {{ contexts }}
{%- endif -%}
{% endmacro %}

{# What changed since the model was built, once for all that asks; gives the number of keys whose rows stay. What is no
   more has no version. #}
{% macro find_pending_documents() %}
create or replace temp table {{ pending_documents() }} as
select key as document_id, version from {{ key_changes() }}
where
    kind = '{{ kind_of_keys() }}'
    and change > coalesce((
        select change from {{ models_built() }} where model = '{{ model.name }}' and version = {{ rules_version() }}
    ), 0);
select
    (select count(version) from {{ key_changes() }} where kind = '{{ kind_of_keys() }}')
    - (select count(version) from {{ pending_documents() }}) as kept,
{% endmacro %}

{% macro remember_model_built() %}
delete from {{ models_built() }} where model = '{{ model.name }}';
insert into {{ models_built() }}
select '{{ model.name }}', '{{ kind_of_keys() }}', {{ rules_version() }}, coalesce(max(change), 0)
from {{ key_changes() }} where kind = '{{ kind_of_keys() }}'
{% endmacro %}

{% macro pending_documents() %}temp.main.pending_{{ model.name }}{% endmacro %}

{# Hooks run without a default schema in the warehouse, so the tables are named in full. #}
{% macro key_changes() %}{{ target.database }}.state.key_changes{% endmacro %}
{% macro models_built() %}{{ target.database }}.state.models_built{% endmacro %}
{% macro seed_versions() %}{{ target.database }}.state.seed_versions{% endmacro %}
