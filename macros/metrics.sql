{# The value of a metric; NULL where an input is missing or the denominator is zero. #}
{% macro metric_value(numerator, denominator, has_denominator, unit) -%}
case
    when not {{ has_denominator }} then {{ numerator }}::double
    when {{ denominator }} > 0
        then {{ numerator }}::double / {{ denominator }} * case {{ unit }} when 'per_hundred' then 100 when 'per_ten_thousand' then 10000 else 1 end
end
{%- endmacro %}

{# One end of the Wilson interval of a share at 95 per cent; NULL where the counts make no share. `sign`: + or -. #}
{% macro wilson(numerator, denominator, sign) -%}
{%- set z = 1.959964 -%}
case
    when {{ denominator }} > 0 and {{ numerator }} between 0 and {{ denominator }}
        then (
            {{ numerator }}::double / {{ denominator }} + {{ z * z / 2 }} / {{ denominator }}
            {{ sign }} {{ z }} * sqrt(
                {{ numerator }}::double / {{ denominator }} * (1 - {{ numerator }}::double / {{ denominator }}) / {{ denominator }}
                + {{ z * z / 4 }} / ({{ denominator }}::double * {{ denominator }})
            )
        ) / (1 + {{ z * z }} / {{ denominator }})
end
{%- endmacro %}

{# The change of a metric since the year before: percentage points for shares, per cent for everything else. #}
{% macro metric_change(value, previous_value, unit) -%}
case
    when {{ unit }} = 'share' then round(({{ value }} - {{ previous_value }}) * 100, 6)
    when {{ previous_value }} != 0 then round(({{ value }} / {{ previous_value }} - 1) * 100, 6)
end
{%- endmacro %}

{# Whether one report is the same body's, of the same scope, of the year before: under another name perhaps, or another code
   of its place, but not before a merger, as it was then several. #}
{% macro is_of_year_before(these, previous) -%}
{{ these }}.entity_id = {{ previous }}.entity_id
    and {{ these }}.body_no = {{ previous }}.body_no
    and {{ these }}.year = {{ previous }}.year + 1
    and {{ these }}.scope is not distinct from {{ previous }}.scope
{%- endmacro %}

{# Each report beside the one of the year before, taken from `all_reports`, as places of figures. #}
{% macro previous_reports(reports, all_reports) -%}
select these.report_id, previous.report_id as source_report_id, 'previous' as place
from {{ reports }} as these
inner join {{ all_reports }} as previous
    on {{ is_of_year_before('these', 'previous') }}
{%- endmacro %}
