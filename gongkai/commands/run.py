"""`gongkai run`: everything from a folder of files to published tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.table import Table

from gongkai.building import check_changed_rules
from gongkai.commands.build import FullRefresh, build_and_tell
from gongkai.commands.check import problems_told
from gongkai.commands.ingest import (
    ExpectedFile,
    Keep,
    LimitSettings,
    ManifestFile,
    Mirror,
    Paths,
    Strict,
    Workers,
    run_ingest,
)
from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, out, safe, say
from gongkai.reports.others import Others, others
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published

_SHOWN_YEARS = 12


def run(
    paths: Paths,
    manifest: ManifestFile = None,
    expected: ExpectedFile = None,
    mirror: Mirror = False,
    limit: LimitSettings = None,
    workers: Workers = None,
    strict: Strict = False,
    keep: Keep = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    full_refresh: FullRefresh = False,
    debug: Debug = False,
) -> int:
    """Ingest, build and publish, then show a summary of what the warehouse holds."""
    with problems_told():
        check_changed_rules(warehouse)
    summary = run_ingest(
        paths,
        warehouse,
        manifest=manifest,
        expected=expected,
        mirror=mirror,
        limit=limit,
        workers=workers,
        keep=keep,
    )
    build_and_tell(warehouse, full_refresh=full_refresh)
    print_summary(warehouse)
    return 1 if strict and summary.rejected else 0


def print_summary(warehouse: Warehouse) -> None:
    """A table of reports and figures by year, newest first, and what is no report.

    Applications are summed over the reports whose figures stand in no other one. Where a report does not say whether it
    is on its whole area and its figures do not bear it out, the sum with it taken for whole stands beside.
    """
    with open_published(warehouse) as connection:
        rows = connection.execute(
            """
            with figures as (
                select report_id, count(*) as figure_count
                from marts.observations
                where is_selected
                group by report_id
            )
            select
                reports.year,
                count(*),
                count(distinct reports.agency_id),
                coalesce(sum(figures.figure_count), 0),
                sum(applications.received),
                sum(applications.received) filter (where applications.containment is null),
                count(applications.received)
            from marts.dim_report as reports
            left join figures on reports.report_id = figures.report_id
            left join (
                select facts.report_id, facts.received, additive.containment
                from marts.fct_applications as facts
                inner join marts.additive_reports as additive on facts.report_id = additive.report_id
            ) as applications on reports.report_id = applications.report_id
            where reports.is_current
            group by reports.year
            order by reports.year desc nulls last
            """
        ).fetchall()
        counts = connection.execute(
            "select (select count(*) from raw.documents), (select count(*) from marts.dim_report)"
        ).fetchone()
        left_out = others(connection)
    documents, versions = counts or (0, 0)
    reports = sum(row[1] for row in rows)
    older = f", {versions - reports} older versions of them" if versions > reports else ""
    say(f"{reports} current reports{older} out of {documents} documents")
    if rows:
        _print_years(rows)
    tell_others(left_out)


def tell_others(left_out: list[Others]) -> None:
    """What the documents that are no reports were taken for, and why."""
    if not left_out:
        return
    count = sum(each.count for each in left_out)
    say(f"{count} documents are not reports (gongkai show DOCUMENT says more of one):")
    for each in left_out:
        say(each.line)


def _print_years(rows: list[tuple[Any, ...]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("year", "reports", "agencies", "figures", "applications received", "stated by"):
        table.add_column(heading, justify="right")
    for year, count, agencies, figures, received, least, stated in rows[:_SHOWN_YEARS]:
        total = _figures(least, received)
        cells = (year if year is not None else "unknown", count, agencies, figures, total, stated)
        table.add_row(*(safe(cell) for cell in cells))
    out.print(table)
    if len(rows) > _SHOWN_YEARS:
        say(f"and {len(rows) - _SHOWN_YEARS} earlier years")


def _figures(least: Decimal | None, most: Decimal | None) -> str:
    """One sum where both are the same; nothing where no report states anything."""
    if most is None:
        return ""
    shown = [f"{value.normalize():,f}" for value in (least or Decimal(0), most)]
    return " to ".join(dict.fromkeys(shown))
