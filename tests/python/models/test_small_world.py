"""The marts of the small world are what was written: reports, facts, metrics, series and coverage, computed apart."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import yaml
from helpers.command import ROOT
from helpers.small_world import World, small_world

Query = Callable[[str], pl.DataFrame]

FACT_TABLES = ("fct_disclosures", "fct_applications", "fct_appeals", "fct_fees", "fct_staffing")


@pytest.fixture(scope="module")
def world() -> World:
    return small_world()


@pytest.fixture(scope="module")
def query(built_world: Path) -> Query:
    """The answer of the published file; a table's rows have `source_file` where they are joined to dim_report."""

    def answer(sql: str) -> pl.DataFrame:
        with duckdb.connect(str(built_world), read_only=True) as connection:
            return pl.DataFrame(connection.sql(sql).to_arrow_table())

    return answer


def seed(name: str) -> list[dict[str, str]]:
    with (ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def measures(table: str) -> dict[str, str]:
    """Column and indicator of each measure of a fact table, as its contract has them."""
    models = yaml.safe_load((ROOT / "models/core/_core__models.yml").read_text("utf-8"))["models"]
    (model,) = [each for each in models if each["name"] == table]
    found = {column["name"]: column.get("config", {}).get("meta", {}) for column in model["columns"]}
    return {name: meta["indicator_code"] for name, meta in found.items() if "indicator_code" in meta}


def stated(frame: pl.DataFrame, table: str, keys: list[str]) -> set[tuple[Any, ...]]:
    """The cells of a fact table that are not NULL, as keys, indicator and value."""
    indicators = measures(table)
    long = frame.unpivot(list(indicators), index=keys, variable_name="column", value_name="value").drop_nulls("value")
    return {(*row[:-2], indicators[row[-2]], int(row[-1])) for row in long.iter_rows() if row[-1] == int(row[-1])}


def assert_same(found: set[tuple[Any, ...]], expected: set[tuple[Any, ...]]) -> None:
    """The same rows; the first ones that stand on one side alone are told (all of them would take minutes to print)."""
    differing = {"not expected": found - expected, "not found": expected - found}
    assert not any(differing.values()), {side: sorted(rows, key=str)[:5] for side, rows in differing.items()}


def test_every_report_is_told(world: World, query: Query) -> None:
    names = [name for name in world.reports.columns if name != "agency"]
    told = query(f"select {', '.join(names)} from marts.dim_report")
    assert_same(set(told.iter_rows()), set(world.reports.select(names).iter_rows()))


def test_one_body_has_one_id_and_several_current_reports_of_a_year_only_by_scope(world: World, query: Query) -> None:
    told = query("select source_file, agency_id, is_current, version_no from marts.dim_report")
    joined = world.reports.join(told, on="source_file")
    assert joined["is_current"].all() and joined["version_no"].to_list() == [1] * joined.height
    assert joined.select("agency", "agency_id").unique().height == joined["agency"].n_unique()
    assert joined["agency_id"].n_unique() == joined["agency"].n_unique()


@pytest.mark.parametrize("table", FACT_TABLES)
def test_facts_are_what_was_written(world: World, query: Query, table: str) -> None:
    found = stated(
        query(f"select source_file, facts.* from marts.{table} as facts inner join marts.dim_report using (report_id)"),
        table,
        ["source_file", "region_code", "level_code", "year", "scope"],
    )
    codes = set(measures(table).values())
    expected = (
        world.figures.filter(pl.col("applicant_type") == "all", pl.col("indicator_code").is_in(codes))
        .join(world.reports, on="source_file")
        .select("source_file", "region_code", "level_code", "year", "scope", "indicator_code", "value")
    )
    assert expected.height > 0
    assert_same(found, set(expected.iter_rows()))


def test_facts_by_applicant_are_what_was_written(world: World, query: Query) -> None:
    table = "fct_applications_by_applicant"
    found = stated(
        query(f"select source_file, facts.* from marts.{table} as facts inner join marts.dim_report using (report_id)"),
        table,
        ["source_file", "scope", "applicant_type"],
    )
    expected = (
        world.figures.filter(pl.col("applicant_type") != "all")
        .join(world.reports, on="source_file")
        .select("source_file", "scope", "applicant_type", "indicator_code", "value")
    )
    assert expected.height > 5000
    assert_same(found, set(expected.iter_rows()))


def test_additive_reports_hold_every_figure_once(world: World, query: Query) -> None:
    """The province reports on its whole area: it alone counts, and each year's sum is what it states."""
    sums = query(
        "select year, sum(facts.received)::bigint as received from marts.fct_applications as facts"
        " inner join marts.additive_reports using (report_id, year) group by year order by year"
    )
    expected = world.figures.join(world.reports, on="source_file").filter(
        pl.col("level_code") == "province",
        pl.col("indicator_code") == "application.received",
        pl.col("applicant_type") == "all",
    )
    assert sums.rows() == expected.sort("year").select("year", "value").rows()


def test_one_report_of_a_body_counts_within_its_level(world: World, query: Query) -> None:
    """Its whole area rather than its own level; departments stand in their governments."""
    found = query(
        "select source_file from marts.report_overlaps inner join marts.dim_report using (report_id)"
        " where counts_in_level"
    )
    assert_same(set(found.iter_rows()), set(counted_in_level(world).select("source_file").iter_rows()))


def counted_in_level(world: World) -> pl.DataFrame:
    """The reports that count in sums within a level: one of each government."""
    widest = world.reports.filter(pl.col("agency_kind") == "government").sort("scope")
    return widest.unique(["agency", "year"], keep="first", maintain_order=True)


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


def test_metrics_of_reports_are_computed_right(world: World, query: Query) -> None:
    codes = ", ".join(f"'{row['metric_code']}'" for row in formulas())
    found = query(
        "select metric_code, source_file, metrics.scope, numerator, denominator, value from marts.metrics as metrics"
        f" inner join marts.dim_report using (report_id) where grain = 'report' and metric_code in ({codes})"
    )
    expected = metrics_of(world).select("metric_code", "source_file", "scope", "numerator", "denominator", "value")
    assert expected.height > 2000
    assert_same(
        {(*row[:3], *map(rounded, row[3:])) for row in found.iter_rows()},
        {(*row[:3], *map(rounded, row[3:])) for row in expected.iter_rows()},
    )


def test_a_metric_changes_against_the_same_scope_a_year_before(world: World, query: Query) -> None:
    found = query(
        "select source_file, change_on_year from marts.metrics as metrics inner join marts.dim_report using (report_id)"
        " where grain = 'report' and metric_code = 'handled' and change_on_year is not null"
    )
    handled = metrics_of(world).filter(pl.col("metric_code") == "handled").select("agency", "scope", "year", "value")
    before = handled.with_columns(pl.col("year") + 1)
    expected = (
        world.reports.join(handled, on=["agency", "scope", "year"])
        .join(before, on=["agency", "scope", "year"], suffix="_before")
        .select("source_file", change=(pl.col("value") / pl.col("value_before") - 1) * 100)
    )
    assert expected.height > 30
    assert_same(
        {(file, rounded(change, 4)) for file, change in found.iter_rows()},
        {(file, rounded(change, 4)) for file, change in expected.iter_rows()},
    )


def test_metrics_of_regions_count_each_body_once(world: World, query: Query) -> None:
    """Every region, level and year: sums over the reports that count within the level, and their mean."""
    codes = [row["metric_code"] for row in formulas() if row["unit"] != "herfindahl"]
    found = query(
        "select metric_code, region_code, level_code, year, report_count, numerator, denominator, mean_value"
        " from marts.metrics where grain = 'region' and metric_code in ("
        + ", ".join(f"'{code}'" for code in codes)
        + ")"
    )
    counted = metrics_of(world).join(counted_in_level(world).select("source_file"), on="source_file", how="semi")
    country = counted.with_columns(place=pl.lit(None, pl.String))
    places = [counted.with_columns(place=region_at(length)).drop_nulls("place") for length in (2, 4, 6, 9)]
    placed = pl.concat([country, *places])
    expected = (
        placed.filter(pl.col("metric_code").is_in(codes), pl.col("value").is_not_null())
        .group_by("metric_code", "place", "level_code", "year")
        .agg(
            pl.len().alias("report_count"),
            pl.col("numerator").sum(),
            pl.when(pl.col("denominator").is_not_null().any()).then(pl.col("denominator").sum()),
            pl.col("value").mean(),
        )
    )
    assert expected.height > 1000
    assert_same(
        {(*row[:5], *map(rounded, row[5:])) for row in found.iter_rows()},
        {(*row[:5], *map(rounded, row[5:])) for row in expected.iter_rows()},
    )


def region_at(length: int) -> pl.Expr:
    """The place that a region lies in, by so many digits of its code; NULL where the region is wider than that."""
    code = pl.col("region_code")
    own = code.str.strip_chars_end("0").str.len_chars().clip(2)
    width = pl.when(code.str.len_chars() == 9).then(9).when(own <= 2).then(2).when(own <= 4).then(4).otherwise(6)
    return pl.when(width >= length).then(code.str.head(length).str.pad_end(max(length, 6), "0"))


def test_series_go_on_within_one_scope(world: World, query: Query) -> None:
    found = query(
        "select series_code, source_file, series.scope, series.year, value from marts.series as series"
        " inner join marts.dim_report using (report_id)"
    )
    value_of = {row[:2]: row[3] for row in world.figures.filter(pl.col("applicant_type") == "all").iter_rows()}
    expected = set()
    for row in seed("indicators/harmonised_terms"):
        terms = TERM.findall(row["terms"])
        for report in world.reports.filter(pl.col("form").is_in(row["forms"].split(";"))).iter_rows(named=True):
            values = [value_of.get((report["source_file"], code)) for _, _, code, _, _ in terms]
            if None not in values:
                total = sum((1 if sign == "+" else -1) * value for (sign, *_), value in zip(terms, values, strict=True))
                expected.add((row["series_code"], report["source_file"], report["scope"], report["year"], total))
    assert len(expected) > 500
    assert_same({(*row[:4], int(row[4])) for row in found.iter_rows()}, expected)


def test_coverage_counts_bodies_not_reports(world: World, query: Query) -> None:
    found = query("select region_code, level_code, year, reports_present from marts.coverage where reports_present > 0")
    expected = world.reports.group_by("region_code", "level_code", "year").agg(pl.col("agency").n_unique())
    assert_same(set(found.iter_rows()), set(expected.iter_rows()))


def test_nothing_hard_is_found_in_sound_reports(query: Query) -> None:
    """The two scopes of a body are neither versions nor copies of each other, and a whole area is no jump."""
    found = query(
        "select check_code, source_file, message_en from marts.findings inner join marts.dim_report using (report_id)"
        " where severity = 'hard' or check_code in ('V-CHANGE', 'X-SAME', 'X-DUP', 'X-CARRY', 'H-SUM')"
    )
    assert found.rows() == []
