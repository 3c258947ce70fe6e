"""People by year and figures per head on the small world, against the counts of the seed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from helpers.command import ROOT
from helpers.small_world import small_world
from helpers.world_truth import COUNTS, people


def answer(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_people_between_counts_are_interpolated(built_world: Path) -> None:
    found = answer(built_world, "select region_code, year, population from marts.dim_population where year < 2024 + 6")
    assert {row[0] for row in found} == set(COUNTS["region_code"]) and len(found) > 800
    assert [row for row in found if row[2] != people(row[0], row[1])] == []


def test_a_figure_per_head_is_of_the_people_of_its_year(built_world: Path) -> None:
    """The province's whole area has one; own levels, departments and places whose people nobody counted say why not."""
    found = answer(
        built_world,
        "select source_file, metric_code, value, why_null from marts.metrics"
        " inner join marts.dim_report using (report_id) where grain = 'report' and metrics.unit = 'per_ten_thousand'",
    )
    with (ROOT / "seeds/metrics/metric_definitions.csv").open(encoding="utf-8", newline="") as file:
        metrics = [row for row in csv.DictReader(file) if row["denominator"] == "+population.resident"]
    world = small_world()
    value_of = {row[:2]: row[3] for row in world.figures.filter(pl.col("applicant_type") == "all").iter_rows()}
    expected = {
        (
            report["source_file"],
            row["metric_code"],
            *per_head(report, value_of[report["source_file"], row["numerator"][1:]]),
        )
        for report in world.reports.iter_rows(named=True)
        for row in metrics
        if report["form"] in row["forms"].split(";")
    }
    assert len(metrics) == 5
    assert {why for *_, why in expected} == {None, "not_about_all_people", "people_not_known"}
    assert {(*row[:2], rounded(row[2]), row[3]) for row in found} == expected


def per_head(report: dict[str, Any], figure: int) -> tuple[float | None, str | None]:
    """Value and why there is none."""
    is_whole = report["scope"] != "own" or report["level_code"] == "township"
    if report["agency_kind"] != "government" or not is_whole:
        return None, "not_about_all_people"
    residents = people(report["region_code"], report["year"])
    return (None, "people_not_known") if residents is None else (rounded(figure / residents * 10_000), None)


def rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 6)
