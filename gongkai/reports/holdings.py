"""What a warehouse holds: reports and figures by year, and what is no report."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import duckdb

from gongkai.publications import latest
from gongkai.reports.others import others
from gongkai.warehouse.sql import records


def holdings(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Publication, counts, years (newest first) and documents that are no reports, fit for JSON.

    Applications are summed over the reports whose figures stand in no other one. Where a report does not say whether it
    is on its whole area and its figures do not bear it out, `applications_received_least` is the sum without it.
    """
    [(documents, versions)] = connection.execute(
        "select (select count(*) from raw.documents), (select count(*) from marts.dim_report)"
    ).fetchall()
    years = records(
        connection,
        """
        with figures as (
            select report_id, count(*) as figure_count
            from marts.observations
            where is_selected
            group by report_id
        ),
        applications as (
            select facts.report_id, facts.received, additive.containment
            from marts.fct_applications as facts
            inner join marts.additive_reports as additive on facts.report_id = additive.report_id
        )
        select
            reports.year,
            count(*) as reports,
            count(distinct reports.agency_id) as agencies,
            coalesce(sum(figures.figure_count), 0)::bigint as figures,
            sum(applications.received)::bigint as applications_received,
            case when count(applications.received) > 0 then
                coalesce(sum(applications.received) filter (where applications.containment is null), 0)::bigint
            end as applications_received_least,
            count(applications.received) as stated_by
        from marts.dim_report as reports
        left join figures on reports.report_id = figures.report_id
        left join applications on reports.report_id = applications.report_id
        where reports.is_current
        group by reports.year
        order by reports.year desc nulls last
        """,
    )
    publication = latest(connection)
    return {
        "publication": publication
        and {"number": publication.number, "published_at": publication.published_at.isoformat(" ")},
        "documents": documents,
        "report_versions": versions,
        "reports": sum(year["reports"] for year in years),
        "years": years,
        "no_reports": [asdict(each) for each in others(connection)],
    }
