select reports.*
from {{ ref('dim_report') }} as reports
inner join {{ ref('report_overlaps') }} as overlaps on reports.report_id = overlaps.report_id
where overlaps.counts_overall
