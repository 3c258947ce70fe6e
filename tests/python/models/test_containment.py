"""What stands in what, in the small world: no area is taken for whole against the data, and both sums are given."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from helpers.small_world import World
from helpers.world_truth import Ask, assert_same, containers_of, counted_in_level, metrics_of, region_at

from gongkai.commands.run import print_summary
from gongkai.export.workbook_sheets import sheets
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published


def test_containment_follows_the_data(world: World, ask_world: Ask) -> None:
    """Every report's containment, and that all kinds of it are in the world."""
    found = ask_world(
        "select source_file, containment from marts.report_overlaps inner join marts.dim_report using (report_id)"
    )
    expected = {
        (file, next((why for why in ("level", "body", "stated", "fits", "assumed") if why in held.values()), None))
        for file, held in containers_of(world).items()
    }
    assert {why for _, why in expected} == {None, "level", "body", "stated", "fits", "assumed"}
    # Of several that surely contain it the nearest one tells why.
    sure = {"stated", "fits"}
    assert_same(
        {(file, "sure" if why in sure else why) for file, why in found.iter_rows()},
        {(file, "sure" if why in sure else why) for file, why in expected},
    )


def both_sums(world: World) -> list[tuple[int, int, int]]:
    """By year, applications received over every report that no other one surely holds, and without those that one is
    only assumed to hold.
    """
    held = containers_of(world)
    received = world.figures.join(world.reports, on="source_file").filter(
        pl.col("indicator_code") == "application.received", pl.col("applicant_type") == "all"
    )
    most = [file for file, by in held.items() if set(by.values()) <= {"assumed"}]
    least = [file for file, by in held.items() if not by]
    return [
        (year, *(int(of_year.filter(pl.col("source_file").is_in(files))["value"].sum()) for files in (most, least)))
        for (year,), of_year in sorted(received.partition_by("year", as_dict=True).items())
    ]


def test_both_sums_are_given(world: World, ask_world: Ask) -> None:
    sums = ask_world(
        "select year, sum(facts.received)::bigint as most,"
        " (sum(facts.received) filter (where containment is null))::bigint as least"
        " from marts.fct_applications as facts inner join marts.additive_reports using (report_id, year)"
        " group by year order by year"
    )
    expected = both_sums(world)
    assert sums.rows() == expected
    assert all(most > least for _, most, least in expected)


def test_the_summary_of_a_run_counts_each_application_once(
    world: World, built_world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_summary(Warehouse(built_world))
    lines = capsys.readouterr().out.splitlines()
    for year, most, least in both_sums(world):
        (line,) = [each for each in lines if each.startswith(str(year))]
        assert f"{least:,} to {most:,}" in line


def test_one_report_of_a_body_counts_within_its_level(world: World, ask_world: Ask) -> None:
    """Its whole area rather than its own level; departments stand in their governments."""
    found = ask_world(
        "select source_file from marts.report_overlaps inner join marts.dim_report using (report_id)"
        " where counts_in_level"
    )
    assert_same(set(found.iter_rows()), set(counted_in_level(world).select("source_file").iter_rows()))


def test_all_levels_together_count_nothing_twice(world: World, ask_world: Ask) -> None:
    """Each place's applications to handle over all levels, and what they are if every area is whole."""
    found = ask_world(
        "select region_code, year, report_count, assumed_count, value, value_if_contained from marts.metrics"
        " where grain = 'region' and level_code = 'all' and metric_code = 'handled'"
    )
    held = containers_of(world)
    handled = metrics_of(world).filter(pl.col("metric_code") == "handled").drop_nulls("value")
    places = pl.concat(
        [handled.with_columns(place=pl.lit(None, pl.String))]
        + [handled.with_columns(place=region_at(length)).drop_nulls("place") for length in (2, 4, 6, 9)]
    )
    expected = set()
    for (place, year), rows in places.partition_by("place", "year", as_dict=True).items():
        inside = set(rows["source_file"])
        why_of = {file: {why for other, why in held[file].items() if other in inside} for file in inside}
        value_of = dict(rows.select("source_file", "value").iter_rows())
        most = [file for file, why in why_of.items() if why <= {"assumed"}]
        least = [file for file in most if not why_of[file]]
        sums = (int(sum(value_of[file] for file in files)) for files in (most, least))
        expected.add((place, year, len(most), len(most) - len(least), *sums))
    assert any(row[3] for row in expected)
    assert_same({(*row[:4], *map(int, row[4:])) for row in found.iter_rows()}, expected)


def sheet_rows(published: Path, name: str) -> pl.DataFrame:
    """The rows of a sheet of the workbook."""
    with open_published(Warehouse(published)) as connection:
        (sheet,) = [each for each in sheets(connection) if each.name == name]
        return pl.DataFrame(connection.sql(sheet.query).to_arrow_table())


def test_the_workbook_sums_within_levels_and_over_all_of_them(world: World, built_world: Path) -> None:
    """Applications received: of each level, townships among them, one report a body; of all levels both sums."""
    found = (
        sheet_rows(built_world, "层级×年度").group_by("level_code", "year").agg(pl.col("application_received").sum())
    )
    received = world.figures.filter(
        pl.col("indicator_code") == "application.received", pl.col("applicant_type") == "all"
    ).select("source_file", "value")
    by_level = counted_in_level(world).join(received, on="source_file").group_by("level_code", "year")
    expected = set(by_level.agg(pl.col("value").sum()).iter_rows())
    for year, most, least in both_sums(world):
        expected |= {("all", year, most), ("all_if_contained", year, least)}
    assert {level for level, *_ in expected} >= {"township", "county", "prefecture", "province"}
    assert_same({(level, year, int(value)) for level, year, value in found.iter_rows()}, expected)


def test_the_workbook_has_a_row_for_every_region_that_reported(world: World, built_world: Path) -> None:
    found = sheet_rows(built_world, "地区×年度").select("region_code", "level_code", "year", "report_count")
    expected = counted_in_level(world).group_by("region_code", "level_code", "year").agg(pl.len())
    assert_same(set(found.iter_rows()), set(expected.iter_rows()))
    assert set(found["region_code"]) == set(world.reports["region_code"])
