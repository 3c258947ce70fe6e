"""The ten questions of docs/questions.md, asked of a small world with a late, a missing and a contradicting report."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest
from helpers.command import ROOT, run_gongkai
from helpers.small_world import World, small_world
from helpers.world_truth import people

LATE, MISSING, CONTRADICTING = ("渭源县人民政府", 2021), ("漳县人民政府", 2020), ("武阳镇人民政府", 2022)
Rows = list[tuple[Any, ...]]


def questions() -> dict[int, str]:
    """The queries by the number of their question."""
    text = (ROOT / "docs" / "questions.md").read_text("utf-8")
    return {int(number): sql for number, sql in re.findall(r"^## (\d+)\..*?```sql\n(.*?)```", text, re.M | re.S)}


@pytest.fixture(scope="module")
def asked_world() -> World:
    """The part of the world that lies in one province, with what the questions look for."""
    kept = [
        replace(report, published_on="2022-05-10") if (report.body.name, report.year) == LATE else report
        for report in small_world().written
        if report.body.region_code.startswith("62") and (report.body.name, report.year) != MISSING
    ]
    return World(tuple(kept))


@pytest.fixture(scope="module")
def answers(asked_world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Rows]:
    folder = tmp_path_factory.mktemp("questions")
    asked_world.write(folder / "reports")
    contradicting = asked_world.report("漳县武阳镇人民政府", 2022, "own")
    page = folder / "reports" / contradicting.file
    said = received(asked_world, "漳县武阳镇人民政府", 2022, "own") + 1_003
    text = page.read_text("utf-8")
    assert "本报告" in text
    page.write_text(text.replace("本报告", f"本年新收政府信息公开申请{said}件。本报告", 1), "utf-8")
    published = folder / "w.duckdb"
    done = run_gongkai("run", folder / "reports", published=published)
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(published), read_only=True) as connection:
        return {number: connection.execute(sql).fetchall() for number, sql in questions().items()}


def received(world: World, name: str, year: int, scope: str | None) -> int:
    return value_of(world)[world.report(name, year, scope).file, "application.received"]


def value_of(world: World) -> dict[tuple[str, str], int]:
    """Figures of all applicants together, by file and indicator."""
    together = world.figures.filter(pl.col("applicant_type") == "all")
    return {
        (file, code): value for file, code, value in together.select("source_file", "indicator_code", "value").rows()
    }


def of_level(world: World, level_code: str, year: int) -> pl.DataFrame:
    """Figures of the governments' reports of a level, of each body the one that reaches furthest."""
    reports = world.reports.filter(
        (pl.col("level_code") == level_code) & (pl.col("year") == year) & (pl.col("agency_kind") == "government")
    ).sort("scope")
    files = reports.unique("agency", keep="first", maintain_order=True).select("source_file")
    return world.figures.filter(pl.col("applicant_type") == "all").join(files, on="source_file", how="semi")


def test_there_are_ten(answers: dict[int, Rows]) -> None:
    assert sorted(answers) == list(range(1, 11))


def test_per_head_and_level(asked_world: World, answers: dict[int, Rows]) -> None:
    people_of_2022 = people("620000", 2022)
    assert people_of_2022 is not None
    value = Decimal(received(asked_world, "甘肃省人民政府", 2022, "aggregate")) * 10_000 / people_of_2022
    ((province, found, why_null),) = answers[1]
    assert (province, why_null) == ("甘肃省", None)
    assert abs(found - value) < Decimal("0.000001")
    for level_code, corrected, concluded, rate, low, high in answers[4]:
        sums = dict(
            of_level(asked_world, level_code, 2022).group_by("indicator_code").agg(pl.col("value").sum()).rows()
        )
        results = [sums[f"appeal.review.{result}"] for result in ("upheld", "corrected", "other")]
        assert (corrected, concluded) == (results[1], sum(results))
        assert low <= rate <= high


def test_reasons_of_refusal(asked_world: World, answers: dict[int, Rows]) -> None:
    sums = of_level(asked_world, "county", 2022).filter(
        pl.col("indicator_code").str.starts_with("application.refused.")
    )
    stated = sorted(sums.group_by("indicator_code").agg(pl.col("value").sum())["value"])
    assert sorted(int(row[1]) for row in answers[2]) == stated
    assert abs(sum(row[2] for row in answers[2]) - 1) < Decimal("0.0001")


def test_late_missing_and_contradicting(answers: dict[int, Rows]) -> None:
    assert {row[:2] for row in answers[3]} == {LATE}
    assert {row[2] for row in answers[3]} == {40}
    assert [row[:3] for row in answers[10]] == [(*MISSING, MISSING[1])]
    ((name, year, check_code, *_),) = answers[7]
    assert ((name, year), check_code) == (CONTRADICTING, "TT-NEW")


def test_a_county_and_its_townships_and_its_sibling(asked_world: World, answers: dict[int, Rows]) -> None:
    for year, in_townships, whole, share in answers[5]:
        parts = [received(asked_world, f"渭源县{town}人民政府", year, "own") for town in ("清源镇", "莲峰镇")]
        assert (in_townships, whole) == (sum(parts), received(asked_world, "渭源县人民政府", year, "aggregate"))
        assert abs(Decimal(str(share)) - in_townships / whole) < Decimal("0.0001")
    assert len(answers[5]) == len(answers[8]) == 6
    for year, first, second in answers[8]:
        assert first == received(asked_world, "渭源县人民政府", year, "aggregate")
        assert second == (None if year == MISSING[1] else received(asked_world, "漳县人民政府", year, "aggregate"))


def test_jumps_and_the_long_series(asked_world: World, answers: dict[int, Rows]) -> None:
    assert answers[6]
    stated: dict[tuple[str, int], set[int]] = {}
    for report in asked_world.written:
        values = {value for (file, _), value in value_of(asked_world).items() if file == report.file}
        stated.setdefault((report.body.name, report.year), set()).update(values)
    for name, year, this_year, last_year, _ in answers[6]:
        (full,) = {body for body, _ in stated if body.endswith(name)}
        assert this_year in stated[full, year]
        assert last_year in stated[full, year - 1]
    assert [(year, value) for year, value, *_ in answers[9]] == [
        (year, received(asked_world, "渭源县人民政府", year, "aggregate")) for year in range(2017, 2023)
    ]
