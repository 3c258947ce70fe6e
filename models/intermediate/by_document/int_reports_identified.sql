-- Placeholder by the lead so that dbt parses until the owner lands the real model: overwrite or delete this file.
{{ config(materialized="view", pre_hook=[], post_hook=[]) }}
select document_id, null::varchar as agency_name, null::varchar as agency_kind, null::varchar as region_code, null::varchar as level_code, null::integer as year, null::varchar as form from {{ ref("stg_raw__documents") }}
