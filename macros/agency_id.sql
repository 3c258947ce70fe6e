{# An agency's id, the same whenever it is built: made of its region and its name. NULL where either is not known. #}
{% macro agency_id(agency_key) -%}
'a' || left(md5({{ agency_key }}), 12)
{%- endmacro %}
