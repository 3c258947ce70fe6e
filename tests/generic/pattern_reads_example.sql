{# Each row's pattern is found in its own example. `frame` is how the models ask for it, with {} for the pattern. #}
{% test pattern_reads_example(model, pattern='pattern', example='example', frame='{}') %}
select *
from {{ model }}
where not coalesce(regexp_matches({{ example }}, replace('{{ frame }}', '{}', {{ pattern }})), false)
{% endtest %}
