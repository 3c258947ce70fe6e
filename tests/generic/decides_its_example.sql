{# Rules tried in order: each row's example is decided by that row. Its pattern matches, and that of no row before it does
   (where rules are tried apart by `within`: no row of its own part). Returns the rows whose example is decided elsewhere. #}
{% test decides_its_example(model, pattern, example, order_by, within=none) %}
select rules.*
from {{ model }} as rules
where rules.{{ order_by }} is distinct from (
    select min(tried.{{ order_by }})
    from {{ model }} as tried
    where regexp_matches(rules.{{ example }}, tried.{{ pattern }})
    {%- if within %} and tried.{{ within }} = rules.{{ within }}{% endif %}
)
{% endtest %}
