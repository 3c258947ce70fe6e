"""What follows from the reports of a small world: what holds what, and every metric.

Computed in polars and plain Python, apart from the warehouse.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from helpers.command import ROOT
from helpers.small_world import BODIES, Body, Report, World

Ask = Callable[[str], pl.DataFrame]
"""Gives the answer of a warehouse to a query."""


COUNTS = pl.read_csv(ROOT / "seeds/regions/populations.csv", schema_overrides={"region_code": pl.String})


def assert_same(found: set[tuple[Any, ...]], expected: set[tuple[Any, ...]]) -> None:
    """The same rows; the first ones that stand on one side alone are told (all of them would take minutes to print)."""
    differing = {"not expected": found - expected, "not found": expected - found}
    assert not any(differing.values()), {side: sorted(rows, key=str)[:5] for side, rows in differing.items()}


def seed(name: str) -> list[dict[str, str]]:
    with (ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counted_in_level(world: World) -> pl.DataFrame:
    """The reports that count in sums within a level: one of each government."""
    widest = world.reports.filter(pl.col("agency_kind") == "government").sort("scope")
    return widest.unique(["agency", "year"], keep="first", maintain_order=True)


# Counts of cases, which no whole area has fewer of than its parts.
CASES = (
    *("application.received", "application.carried_in", "application.closed", "application.carried_out"),
    *("appeal.review.total", "appeal.litigation.total", "appeal.complaints"),
)


def containers_of(world: World) -> dict[str, dict[str, str]]:
    """By file, the files of the reports that hold its figures and why, as the tree of bodies has it."""
    body_of = {body.name: body for body in BODIES}
    value_of = {row[:2]: row[3] for row in world.figures.filter(pl.col("applicant_type") == "all").iter_rows()}

    def above(body: Body) -> list[Body]:
        return [] if body.above is None else [body_of[body.above], *above(body_of[body.above])]

    def below(report: Report) -> dict[str, list[Report]]:
        """The governments' reports of its area by level, of each body the one that reaches furthest."""
        levels: dict[str, list[Report]] = {}
        for other in world.written:
            in_area = report.body in above(other.body) and other.body.kind == "government"
            if in_area and other.year == report.year and other.scope == other.body.scopes[-1]:
                levels.setdefault(other.body.level_code, []).append(other)
        return levels

    def why(report: Report) -> str:
        if report.scope == "aggregate":
            return "stated"
        for others in below(report).values():
            for code in CASES:
                parts = [value_of[other.file, code] for other in others if (other.file, code) in value_of]
                if parts and sum(parts) > value_of[report.file, code]:
                    return "assumed"
        return "fits"

    held: dict[str, dict[str, str]] = {report.file: {} for report in world.written}
    for report in world.written:
        for other in world.written:
            if other.year != report.year or other is report:
                continue
            if other.body == report.body and other.scope == "aggregate":
                held[report.file][other.file] = "body"
            elif report.body.kind == "department" and other.body.name == report.body.above:
                held[report.file][other.file] = "level"
            elif other.body in above(report.body) and other.scope != "own":
                held[report.file][other.file] = why(other)
    return held


TERM = re.compile(r"([+-])(?:([\d.]+)\*)?([\w.]+?)(?::(\w+))?(?:@(\w+))?(?:\s|$)")


def formulas() -> list[dict[str, Any]]:
    """The metrics that need nothing but reports, with their terms taken apart."""
    return [
        row | {side: TERM.findall(row[side]) for side in ("numerator", "denominator")}
        for row in seed("metrics/metric_definitions")
        if "population." not in row["denominator"]
    ]


def metrics_of(world: World) -> pl.DataFrame:
    """Numerator, denominator and value of every metric and report of which they are stated, by the seed's formulas."""
    value_of = {row[:3]: row[3] for row in world.figures.iter_rows()}
    file_of = {(agency, scope, year): file for file, agency, scope, year in world.reports.select(
        "source_file", "agency", "scope", "year").iter_rows()}  # fmt: skip

    def side(terms: list[tuple[str, ...]], row: dict[str, Any], square: bool = False) -> float | None:
        total = 0.0
        for sign, factor, code, applicant, place in terms:
            year = row["year"] - 1 if place == "previous" else row["year"]
            value = value_of.get((file_of.get((row["agency"], row["scope"], year)), code, applicant or "all"))
            if value is None:
                return None
            total += (value * value) if square else (1 if sign == "+" else -1) * float(factor or 1) * value
        return total

    rows = []
    for metric in formulas():
        for row in world.reports.iter_rows(named=True):
            if row["form"] not in metric["forms"].split(";"):
                continue
            upper = side(metric["numerator"], row)
            lower = side(metric["denominator"], row) if metric["denominator"] else None
            if metric["unit"] == "herfindahl":
                upper, lower = side(metric["numerator"], row, square=True), None if upper is None else upper**2
            if upper is not None or lower is not None:
                rows.append(row | metric_row(metric, upper, lower))
    return pl.DataFrame(rows, infer_schema_length=None)


def metric_row(metric: dict[str, Any], upper: float | None, lower: float | None) -> dict[str, Any]:
    has_denominator = bool(metric["denominator"]) or metric["unit"] == "herfindahl"
    value = upper
    if has_denominator:
        factor = {"per_hundred": 100, "per_ten_thousand": 10_000}.get(metric["unit"], 1)
        value = upper / lower * factor if upper is not None and lower else None
    return {
        "metric_code": metric["metric_code"], "unit": metric["unit"], "numerator": upper, "denominator": lower,
        "value": value,
    }  # fmt: skip


def rounded(value: Any, digits: int = 6) -> Decimal | None:
    """As SQL rounds, a half away from zero."""
    return None if value is None else Decimal(value).quantize(Decimal(10) ** -digits, ROUND_HALF_UP)


def region_at(length: int) -> pl.Expr:
    """The place that a region lies in, by so many digits of its code; NULL where the region is wider than that."""
    code = pl.col("region_code")
    own = code.str.strip_chars_end("0").str.len_chars().clip(2)
    width = pl.when(code.str.len_chars() == 9).then(9).when(own <= 2).then(2).when(own <= 4).then(4).otherwise(6)
    return pl.when(width >= length).then(code.str.head(length).str.pad_end(max(length, 6), "0"))


def people(region_code: str, year: int) -> int | None:
    """Residents by a straight line between counts, for five years after the last as then; None before the first."""
    counted = COUNTS.filter(pl.col("region_code") == region_code).sort("year")
    counts = dict(counted.select("year", "population").iter_rows())
    before, after = [each for each in counts if each <= year], [each for each in counts if each >= year]
    if not before or year > max(counts) + 5:
        return None
    first, last = max(before), min(after, default=max(before))
    share = Fraction(year - first, last - first) if last > first else 0
    return int(counts[first] + (counts[last] - counts[first]) * share + Fraction(1, 2))
