"""Sheets whose rows no mart holds as they are: sums by region and by level, and who reported when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from gongkai.export.marts import Column
from gongkai.export.wording import Labels
from gongkai.warehouse.published import tables
from gongkai.warehouse.sql import literal


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that a sheet is made of: a query, its columns, and headings that no row of the seeds has, with formats."""

    query: str
    columns: list[Column]
    headings: dict[str, str]


_WITHIN_LEVEL = "select report_id from marts.report_overlaps where counts_in_level"
_OVER_ALL_LEVELS: dict[str | None, str] = {
    "all": "select report_id from marts.additive_reports",
    "all_if_contained": "select report_id from marts.additive_reports where containment is null",
}
"""What stands for the level in rows that add up all levels, and the reports that they add up."""


def _by_region(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Source:
    keys = {"reports.region_code": Column("region_code", "VARCHAR", "Code of the region.")}
    return _sums(labels, keys, {None: _WITHIN_LEVEL})


def _by_level(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Source:
    return _sums(labels, {}, {None: _WITHIN_LEVEL, **_OVER_ALL_LEVELS})


def _sums(labels: Labels, keys: dict[str, Column], counted: dict[str | None, str]) -> Source:
    """Sums of the main indicators over the reports that are `counted`, a query each: of each level by itself (None), or
    of all levels together under the name given.

    Beside each sum stands how many reports state the figure, as the others are not zeros.
    """
    by = keys | {
        "reports.level_code": Column("level_code", "VARCHAR", "Level of government, or all levels together."),
        "reports.year": Column("year", "INTEGER", "Year reported on."),
        "reports.agency_kind": Column(
            "agency_kind", "VARCHAR", "government, department or other; empty over all levels."
        ),
        "reports.scope": Column(
            "scope", "VARCHAR", "own: the agency alone; aggregate: with bodies below it; empty over all levels."
        ),
    }
    measures: list[str] = ["count(distinct reports.report_id) as report_count"]
    described = [Column("report_count", "BIGINT", "Number of reports added up.")]
    headings: dict[str, str] = {}
    for indicator in labels.indicators:
        if indicator.parent is not None or indicator.code == "disclosure.by_category":
            continue
        column = indicator.code.replace(".", "_")
        stated = f"(stated.value) filter (where stated.indicator_code = {literal(indicator.code)})"
        measures += [f"sum{stated} as {column}", f"count{stated} as {column}_reports"]
        headings |= {
            column: labels.with_unit(indicator.name_zh, indicator.name_en, indicator.unit),
            f"{column}_reports": labels.choose(f"{indicator.name_zh}（填报份数）", f"{indicator.name_en} (reports)"),
        }
        described += [
            Column(
                column,
                "DECIMAL(38,4)",
                f"Sum of {indicator.code} in {indicator.unit}; empty where no report states it.",
            ),
            Column(f"{column}_reports", "BIGINT", f"Number of reports that state {indicator.code}."),
        ]

    def summed(level: str | None, reports: str) -> str:
        # No scope, which is not null: that is of reports that do not say theirs.
        over_all = {"reports.level_code": literal(level), "reports.agency_kind": "null", "reports.scope": "'none'"}
        groups = {
            column.name: over_all.get(expression, expression) if level else expression
            for expression, column in by.items()
        }
        return f"""
            select {", ".join(f"{expression} as {group}" for group, expression in groups.items())},
                {", ".join(measures)}
            from marts.dim_report as reports
            inner join ({reports}) as counted on reports.report_id = counted.report_id
            left join (
                select * from marts.observations
                where is_selected and applicant_type = 'all' and category_label is null
            ) as stated on reports.report_id = stated.report_id
            group by {", ".join(group for group in by if not (level and group in over_all))}
        """  # noqa: S608 - codes of our own seed

    query = " union all ".join(summed(level, reports) for level, reports in counted.items())
    return Source(query, [*by.values(), *described], headings)


def _coverage_by_body(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Source | None:
    """One row a body and year: current reports with how punctual they are, and reports that are missing."""
    if not {"dim_report", "report_consistency", "missing_reports"} <= set(tables(connection)):
        return None
    columns = {
        "agency_name": "Name of the body.",
        "year": "The year.",
        "region_code": "Code of its region.",
        "level_code": "Its level.",
        "scope": "own or aggregate; empty where the report is missing, or does not say.",
        "punctuality": "in_time, late, unknown, or missing.",
        "published_on": "Day of publication.",
        "days_after_deadline": "Days after the legal deadline.",
        "punctuality_why_unknown": "Why nobody can tell whether it was in time.",
        "expected_by": "Why a missing report is expected: list, own_reports or region.",
        "last_report_year": "Year of the last report before, of a missing one.",
        "agency_id": "Id of the body.",
        "report_id": "Id of the report.",
    }
    types = {"year": "INTEGER", "published_on": "DATE", "days_after_deadline": "INTEGER", "last_report_year": "INTEGER"}
    query = """
        select
            reports.agency_name, reports.year, reports.region_code, reports.level_code, reports.scope,
            punctual.punctuality, reports.published_on, punctual.days_after_deadline,
            punctual.punctuality_why_unknown, null as expected_by, null as last_report_year, reports.agency_id,
            reports.report_id
        from marts.dim_report as reports
        left join marts.report_consistency as punctual on reports.report_id = punctual.report_id
        where reports.is_current
        union all
        select
            agency_name, year, region_code, level_code, 'none', 'missing', null, null, null, expected_by,
            last_report_year, agency_id, null
        from marts.missing_reports
    """
    return Source(query, [Column(name, types.get(name, "VARCHAR"), text) for name, text in columns.items()], {})


SOURCES: dict[str, Callable[[duckdb.DuckDBPyConnection, Labels], Source | None]] = {
    "sums_by_region": _by_region,
    "sums_by_level": _by_level,
    "coverage_by_body": _coverage_by_body,
}
"""What the seed `sheets` may name beside marts."""
