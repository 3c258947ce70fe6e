{# The column holds regular expressions that the warehouse's engine (RE2) takes, none with an empty alternative, which
   would match every text. Returns the rows whose pattern it does not take. #}
{% test is_pattern(model, column_name) %}
select *
from {{ model }} as rules
where
    rules.{{ column_name }} is not null
    and (
        try(regexp_matches('', rules.{{ column_name }})) is null
        or regexp_matches(rules.{{ column_name }}, '^\||(?:^|[^\\])\|(?:\||$)')
    )
{% endtest %}
