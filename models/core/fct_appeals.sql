{{ config(materialized='by_document') }}

{{ fact_table() }}
