{# The expression holds in every row where it is not NULL. Returns the rows in which it does not. #}
{% test expression_is_true(model, expression) %}
select *
from {{ model }}
where not ({{ expression }})
{% endtest %}
