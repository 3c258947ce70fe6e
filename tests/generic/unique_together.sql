{# No two rows of the model share these columns. Returns the values that stand more than once. Rows are told apart by a hash,
   which takes half the time of the columns themselves; only those that share one are looked at. #}
{% test unique_together(model, columns) %}
{%- set key = 'hash(' ~ columns | join(', ') ~ ')' %}
select {{ columns | join(', ') }}, count(*) as row_count
from {{ model }}
where {{ key }} in (select {{ key }} from {{ model }} group by all having count(*) > 1)
group by all
having count(*) > 1
{% endtest %}
