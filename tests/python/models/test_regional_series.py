"""Regional series of the small world: sums, and changes like with like, computed in polars from what was written."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import polars as pl
import pytest
from helpers.command import ROOT
from helpers.small_world import World, small_world

PLACE = ["place", "level_code", "series_code"]


def values_stated(world: World) -> pl.DataFrame:
    """One row a government's widest report and series that it states: a department's figures stand in those."""
    value_of = {row[:2]: row[3] for row in world.figures.filter(pl.col("applicant_type") == "all").iter_rows()}
    widest = world.reports.filter(pl.col("agency_kind") == "government").sort("scope")
    rows = []
    with (ROOT / "seeds/indicators/harmonised_terms.csv").open(encoding="utf-8", newline="") as file:
        terms = [(row, row["terms"].split()) for row in csv.DictReader(file)]
    for report in widest.unique(["agency", "year"], keep="first", maintain_order=True).iter_rows(named=True):
        for row, parts in terms:
            values = [value_of.get((report["source_file"], part[1:])) for part in parts]
            if report["form"] in row["forms"].split(";") and None not in values:
                total = sum(value if part[0] == "+" else -value for part, value in zip(parts, values, strict=True))
                rows.append(
                    report | {"series_code": row["series_code"], "meaning": row["forms"], "value": float(total)}
                )
    return pl.DataFrame(rows, infer_schema_length=None)


def in_places(frame: pl.DataFrame) -> pl.DataFrame:
    """Each row once for the country (NULL) and once for each place that its region lies in."""
    code = pl.col("region_code")
    places = [pl.lit(None, pl.String), code.str.head(2) + "0000"]
    places.append(pl.when(pl.col("level_code") != "province").then(code.str.head(4) + "00"))
    places.append(pl.when(pl.col("level_code").is_in(["county", "township"])).then(code.str.head(6)))
    places.append(pl.when(pl.col("level_code") == "township").then(code))
    placed = [frame.with_columns(place=place) for place in places]
    return pl.concat([placed[0], *(each.drop_nulls("place") for each in placed[1:])])


def expected_series(world: World) -> pl.DataFrame:
    stated = values_stated(world)
    body = ["agency", "scope", "series_code", "meaning"]
    before = stated.select(*body, pl.col("year") + 1, before="value")
    pairs = stated.join(before, on=[*body, "year"], how="left", nulls_equal=True)
    sums = (
        in_places(pairs)
        .group_by(*PLACE, "year")
        .agg(
            pl.col("value").sum(),
            pl.len().alias("bodies"),
            pl.col("before").count().alias("compared"),
            pl.when(pl.col("before").count() > 0)
            .then(pl.col("value").filter(pl.col("before").is_not_null()).sum())
            .alias("now"),
            pl.when(pl.col("before").count() > 0).then(pl.col("before").sum()).alias("before"),
        )
        .sort(*PLACE, "year")
        .with_columns(ratio=pl.when(pl.col("before") > 0).then(pl.col("now") / pl.col("before")))
    )
    sums = sums.with_columns(segment=pl.col("ratio").is_null().cum_sum().over(PLACE))
    return sums.with_columns(
        change=(pl.col("ratio") - 1) * 100,
        index=100 * pl.col("ratio").fill_null(1.0).cum_prod().over([*PLACE, "segment"]),
    )


def test_regions_compare_like_with_like(built_world: Path) -> None:
    with duckdb.connect(str(built_world), read_only=True) as connection:
        found = connection.execute(
            "select region_code, level_code, series_code, year, body_count, compared_count, segment_no, value,"
            " compared_value, compared_value_before, change_percent, chained_index from marts.regional_series"
        ).fetchall()
    expected = expected_series(small_world()).select(
        *PLACE, "year", "bodies", "compared", "segment", "value", "now", "before", "change", "index"
    )
    assert expected.filter(pl.col("compared") > 1).height > 100 and expected.filter(pl.col("segment") > 1).height > 100
    truth = {row[:7]: row[7:] for row in expected.iter_rows()}
    told = {row[:7]: tuple(None if value is None else float(value) for value in row[7:]) for row in found}
    assert told.keys() == truth.keys()
    assert [key for key in truth if told[key] != pytest.approx(truth[key], abs=0.001)] == []


def test_how_many_reported_stands_beside(built_world: Path) -> None:
    with duckdb.connect(str(built_world), read_only=True) as connection:
        found = connection.execute(
            "select distinct region_code, level_code, year, reports_present from marts.regional_series"
            " where bodies_expected >= reports_present"
        ).fetchall()
    world = small_world()
    reporting = in_places(world.reports).group_by("place", "level_code", "year").agg(pl.col("agency").n_unique())
    governments = in_places(world.reports.filter(pl.col("agency_kind") == "government"))
    expected = reporting.join(governments, on=["place", "level_code", "year"], how="semi", nulls_equal=True)
    assert set(found) == set(expected.iter_rows())
