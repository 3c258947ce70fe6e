-- Only a change in items (本年增/减) may be below zero.
select observations.*
from {{ ref('observations') }} as observations
inner join {{ ref('indicators') }} as indicators on observations.indicator_code = indicators.indicator_code
where observations.value < 0 and coalesce(indicators.note, '') not like '%signed%'
