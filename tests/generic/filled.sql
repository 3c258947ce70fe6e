{# None of these columns is empty in any row: not_null for many columns in one query. #}
{% test filled(model, columns) %}
select *
from {{ model }}
where {{ columns | join(' is null or ') }} is null
{% endtest %}
