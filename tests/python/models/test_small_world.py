"""The marts of the small world are what was written: reports, facts, metrics, series and coverage, computed apart."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import pytest
import yaml
from helpers.command import ROOT
from helpers.small_world import World
from helpers.world_truth import (
    TERM,
    Ask,
    assert_same,
    counted_in_level,
    formulas,
    metrics_of,
    region_at,
    rounded,
    seed,
)

FACT_TABLES = ("fct_disclosures", "fct_applications", "fct_appeals", "fct_fees", "fct_staffing")


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


def test_every_report_is_told(world: World, ask_world: Ask) -> None:
    names = [name for name in world.reports.columns if name != "agency"]
    told = ask_world(f"select {', '.join(names)} from marts.dim_report")
    assert_same(set(told.iter_rows()), set(world.reports.select(names).iter_rows()))


def test_one_body_has_one_id_and_several_current_reports_of_a_year_only_by_scope(world: World, ask_world: Ask) -> None:
    told = ask_world("select source_file, agency_id, is_current, version_no from marts.dim_report")
    joined = world.reports.join(told, on="source_file")
    assert joined["is_current"].all() and joined["version_no"].to_list() == [1] * joined.height
    assert joined.select("agency", "agency_id").unique().height == joined["agency"].n_unique()
    assert joined["agency_id"].n_unique() == joined["agency"].n_unique()


@pytest.mark.parametrize("table", FACT_TABLES)
def test_facts_are_what_was_written(world: World, ask_world: Ask, table: str) -> None:
    found = stated(
        ask_world(
            f"select source_file, facts.* from marts.{table} as facts inner join marts.dim_report using (report_id)"
        ),
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


def test_facts_by_applicant_are_what_was_written(world: World, ask_world: Ask) -> None:
    table = "fct_applications_by_applicant"
    found = stated(
        ask_world(
            f"select source_file, facts.* from marts.{table} as facts inner join marts.dim_report using (report_id)"
        ),
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


def test_metrics_of_reports_are_computed_right(world: World, ask_world: Ask) -> None:
    codes = ", ".join(f"'{row['metric_code']}'" for row in formulas())
    found = ask_world(
        "select metric_code, source_file, metrics.scope, numerator, denominator, value from marts.metrics as metrics"
        f" inner join marts.dim_report using (report_id) where grain = 'report' and metric_code in ({codes})"
    )
    expected = metrics_of(world).select("metric_code", "source_file", "scope", "numerator", "denominator", "value")
    assert expected.height > 2000
    assert_same(
        {(*row[:3], *map(rounded, row[3:])) for row in found.iter_rows()},
        {(*row[:3], *map(rounded, row[3:])) for row in expected.iter_rows()},
    )


def test_a_metric_changes_against_the_same_scope_a_year_before(world: World, ask_world: Ask) -> None:
    found = ask_world(
        "select source_file, change_on_year from marts.metrics as metrics inner join marts.dim_report using (report_id)"
        " where grain = 'report' and metric_code = 'handled' and change_on_year is not null"
    )
    handled = metrics_of(world).filter(pl.col("metric_code") == "handled").select("agency", "scope", "year", "value")
    before = handled.with_columns(pl.col("year") + 1)
    expected = (
        world.reports.join(handled, on=["agency", "scope", "year"], nulls_equal=True)
        .join(before, on=["agency", "scope", "year"], suffix="_before", nulls_equal=True)
        .select("source_file", change=(pl.col("value") / pl.col("value_before") - 1) * 100)
    )
    assert expected.height > 30
    assert_same(
        {(file, rounded(change, 4)) for file, change in found.iter_rows()},
        {(file, rounded(change, 4)) for file, change in expected.iter_rows()},
    )


def test_metrics_of_regions_count_each_body_once(world: World, ask_world: Ask) -> None:
    """Every region, level and year: sums over the reports that count within the level, and their mean."""
    codes = [row["metric_code"] for row in formulas() if row["unit"] != "herfindahl"]
    found = ask_world(
        "select metric_code, region_code, level_code, year, report_count, numerator, denominator, mean_value"
        " from marts.metrics where grain = 'region' and level_code != 'all' and metric_code in ("
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


def test_series_go_on_within_one_scope(world: World, ask_world: Ask) -> None:
    found = ask_world(
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


def test_coverage_counts_bodies_not_reports(world: World, ask_world: Ask) -> None:
    found = ask_world(
        "select region_code, level_code, year, reports_present from marts.coverage where reports_present > 0"
    )
    expected = world.reports.group_by("region_code", "level_code", "year").agg(pl.col("agency").n_unique())
    assert_same(set(found.iter_rows()), set(expected.iter_rows()))


def test_nothing_hard_is_found_in_sound_reports(ask_world: Ask) -> None:
    """The two scopes of a body are neither versions nor copies of each other, and a whole area is no jump."""
    found = ask_world(
        "select check_code, source_file, message_en from marts.findings inner join marts.dim_report using (report_id)"
        " where severity = 'hard' or check_code in ('V-CHANGE', 'X-SAME', 'X-DUP', 'X-CARRY', 'H-SUM')"
    )
    assert found.rows() == []
