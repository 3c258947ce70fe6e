{# The ledger of what was built from what. #}

{% macro create_build_ledger() %}
create schema if not exists {{ target.database }}.state;
create table if not exists {{ ledger() }} (model varchar, document_id varchar, version varchar);
create table if not exists {{ seed_versions() }} (seed varchar, version varchar);
-- `gongkai build` remembers here by which rules all was built last; whoever runs dbt alone makes that uncertain.
drop table if exists {{ target.database }}.state.rules_built;
drop table if exists {{ target.database }}.state.nodes_built;
{% endmacro %}

{# Post-hook of every seed: what it holds, whatever the order of its rows. #}
{% macro remember_seed_version() %}
delete from {{ seed_versions() }} where seed = '{{ model.name }}';
insert into {{ seed_versions() }}
select '{{ model.name }}', bit_xor(hash(seed_row))::varchar || ':' || count(*) from {{ this }} as seed_row;
{% endmacro %}

{# Compare with the ledger, once for all that asks; gives the number of documents whose rows stay. What is no more has no
   version. #}
{% macro find_pending_documents() %}
create or replace temp table {{ pending_documents() }} as
select document_id, documents.version
from ({{ documents_by_version() }}) as documents
full join (select * from {{ ledger() }} where model = '{{ model.name }}') as ledger using (document_id)
where ledger.version is distinct from documents.version;
select
    (select count(*) from ({{ documents_by_version() }}) as documents)
    - (select count(version) from {{ pending_documents() }}) as kept,
{% endmacro %}

{% macro remember_documents_built(kept) %}
delete from {{ ledger() }}
where
    model = '{{ model.name }}'
    {% if kept > 0 %}and document_id in (select document_id from {{ pending_documents() }}){% endif %};
insert into {{ ledger() }}
select '{{ model.name }}', document_id, version from ({{ documents_to_build() }}) as built
where version is not null
{% endmacro %}

{% macro pending_documents() %}temp.main.pending_{{ model.name }}{% endmacro %}

{# Hooks run without a default schema in the warehouse, so the two tables are named in full. #}
{% macro ledger() %}{{ target.database }}.state.build_ledger{% endmacro %}
{% macro seed_versions() %}{{ target.database }}.state.seed_versions{% endmacro %}
