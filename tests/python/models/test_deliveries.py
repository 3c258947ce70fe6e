"""Reports delivered at once and in three deliveries, with a rule change, a correction and a withdrawal in between, give
the same marts, and each publication tells what it changed and why. The truth is computed from what was written.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from helpers.command import ROOT
from helpers.project import copy_project, run_in
from helpers.small_world import Body, Report, World, small_world

from gongkai.warehouse import Warehouse

sys.path.insert(0, str(ROOT / "samples"))
import writers

HOMONYM = Body("鼓楼区人民政府", "government", "county", "", None)
"""Four cities have one; nothing in these reports says which of them it is."""

CORRECTED = ("decision.penalties", "all")
DERIVED = "appeal.litigation.upheld"
"""What the rule that is taken away after the first delivery makes of two other figures."""


@dataclass(frozen=True)
class File:
    """A document of a delivery: a report of the small world, as it is written this time."""

    name: str
    report: Report
    delivery: int
    title: str = ""
    more: tuple[str, ...] = ()

    def data(self) -> bytes:
        parts, _ = replace(self.report, file=self.name).parts()
        said = [("title", parts[0][1] + self.title), *parts[1:], *(("paragraph", text) for text in self.more)]
        return (writers.to_docx if self.name.endswith(".docx") else writers.to_html)({}, said)


@dataclass(frozen=True)
class Deliveries:
    """The files, by what becomes of them."""

    files: tuple[File, ...]

    def of(self, *deliveries: int) -> list[File]:
        return [file for file in self.files if file.delivery in deliveries]

    def named(self, name: str) -> Report:
        (found,) = [replace(file.report, file=file.name) for file in self.files if file.name == name]
        return found


def deliveries() -> Deliveries:
    world = small_world()
    bureau = world.report("渭源县教育局", 2022, "own")
    water = world.report("定西市水务局", 2022, "own")
    changed = bureau.figures | {("application.received", "natural_person"): 0}
    early, late = (
        Report(HOMONYM, 2022, None, world.report(name, 2022, "own").figures, "2023-01-28", "")
        for name in ("渭源县清源镇人民政府", "渭源县莲峰镇人民政府")
    )
    return Deliveries(
        (
            File("a-bureau.html", bureau, 1),
            File("b-water.html", water, 1),
            File("c-county.html", world.report("漳县人民政府", 2022, "aggregate"), 1),
            File("d-town.html", world.report("漳县武阳镇人民政府", 2022, "own"), 1),
            File("e-homonym.html", early, 1),
            # of the same day, and undated beside the first: its title and its coming later tell
            File("f-bureau.html", replace(bureau, figures=changed), 2, title="（更正）"),
            File("g-water.docx", water, 2),
            File("h-homonym.html", late, 2),
            File("i-water.html", water, 3, more=("浏览次数：8214",)),
        )
    )


CURRENT = ("b-water.html", "c-county.html", "e-homonym.html", "f-bureau.html", "h-homonym.html")
WITHDRAWN = "d-town.html"


def truth(names: Iterable[str], *, by_first_rules: bool = False) -> set[tuple[Any, ...]]:
    """Every figure of the current reports: file, indicator, applicant, value; with the correction in place."""
    given = deliveries()
    figures = World(tuple(given.named(name) for name in names)).figures
    if not by_first_rules:
        figures = figures.filter(pl.col("indicator_code") != DERIVED)
    corrected = (pl.col("source_file") == "b-water.html") & (pl.col("indicator_code") == CORRECTED[0])
    return set(figures.with_columns(value=pl.when(corrected).then(7).otherwise(pl.col("value"))).iter_rows())


@dataclass(frozen=True)
class Place:
    """A copy of the project with a warehouse of its own."""

    project: Path
    published: Path

    def run(self, *arguments: str | Path) -> None:
        done = run_in(self.project, *arguments, published=self.published)
        assert done.returncode == 0, done.stdout + done.stderr

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.published), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def correct(self, report_id: str, expected: int) -> None:
        """Add the correction as `gongkai review` does."""
        with (self.project / "seeds/people/corrections.csv").open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(
                [
                    report_id,
                    "b-water.html",
                    *CORRECTED,
                    "",
                    "set",
                    expected,
                    7,
                    "a slip of the pen",
                    "",
                    "me",
                    "2023-05-01",
                ]
            )


def deliver(files: list[File], folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for file in files:
        (folder / file.name).write_bytes(file.data())
    return folder


def report_id(place: Place, name: str) -> str:
    ((found,),) = place.rows(f"select report_id from marts.dim_report where source_file = '{name}'")
    return str(found)


@pytest.fixture(scope="module")
def in_three(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Three deliveries: the second without a rule, with a person's correction, a new version and another format; the
    third withdraws a report that is no longer in the folder, and brings a page crawled again.
    """
    folder = tmp_path_factory.mktemp("three")
    here, given = Place(copy_project(folder / "project"), folder / "gongkai.duckdb"), deliveries()
    here.run("run", deliver(given.of(1), folder / "reports"))
    sums = here.project / "seeds/forms/derived_sums.csv"
    rules = sums.read_text("utf-8").splitlines(keepends=True)
    sums.write_text("".join(rule for rule in rules if not rule.startswith(DERIVED)), "utf-8")
    water = report_id(here, "b-water.html")
    here.correct(water, int(given.named("b-water.html").figures[CORRECTED]))
    here.run("run", deliver(given.of(2), folder / "reports"))
    (folder / "reports" / WITHDRAWN).unlink()
    here.run("run", "--mirror", deliver(given.of(3), folder / "reports"))
    return here


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory, in_three: Place) -> Place:
    """All files at once, by the last rules of the other; the report that is withdrawn is forgotten by a person."""
    folder = tmp_path_factory.mktemp("once")
    here = Place(in_three.project, folder / "gongkai.duckdb")
    here.run("ingest", deliver(list(deliveries().files), folder / "reports"))
    here.run("forget", WITHDRAWN)
    here.run("build")
    return here


@pytest.mark.parametrize("way", ["in_three", "at_once"])
def test_current_figures_are_those_of_the_reports_that_are_current(way: str, request: pytest.FixtureRequest) -> None:
    here: Place = request.getfixturevalue(way)
    found = here.rows(
        "select source_file, indicator_code, applicant_type, value::bigint from marts.observations "
        "inner join marts.dim_report using (report_id) where is_current and is_selected"
    )
    assert set(found) == truth(CURRENT)
    facts = here.rows("select source_file from marts.fct_applications inner join marts.dim_report using (report_id)")
    assert sorted(file for (file,) in facts) == list(CURRENT)


@pytest.mark.parametrize("way", ["in_three", "at_once"])
def test_versions_are_numbered_and_one_of_a_content_stands_for_it(way: str, request: pytest.FixtureRequest) -> None:
    here: Place = request.getfixturevalue(way)
    found = here.rows(
        "select reports.source_file, reports.version_no, reports.is_current, same.source_file, "
        "reports.withdrawn_at is not null from marts.dim_report as reports "
        "left join marts.dim_report as same on reports.same_as_report_id = same.report_id order by all"
    )
    assert found == [
        ("a-bureau.html", 1, False, None, False),
        ("b-water.html", 1, True, None, False),
        ("c-county.html", 1, True, None, False),
        (WITHDRAWN, 1, False, None, True),
        ("e-homonym.html", 1, True, None, False),
        ("f-bureau.html", 2, True, None, False),
        ("g-water.docx", 1, False, "b-water.html", False),
        ("h-homonym.html", 1, True, None, False),
        ("i-water.html", 1, False, "b-water.html", False),
    ]


@pytest.mark.parametrize("way", ["in_three", "at_once"])
def test_homonyms_without_a_place_are_two_bodies(way: str, request: pytest.FixtureRequest) -> None:
    here: Place = request.getfixturevalue(way)
    found = here.rows(
        "select agency_name, region_code, count(distinct agency_id), count(distinct report_id) from marts.dim_report "
        "where source_file like '%homonym%' group by all"
    )
    assert found == [("鼓楼区人民政府", None, 2, 2)]


@pytest.mark.parametrize("way", ["in_three", "at_once"])
def test_what_was_withdrawn_and_what_a_version_changed_are_report_changes(
    way: str, request: pytest.FixtureRequest
) -> None:
    here: Place = request.getfixturevalue(way)
    old, new = (truth([name]) for name in ("a-bureau.html", "f-bureau.html"))
    differing = {row[:2] for row in {row[1:] for row in old} ^ {row[1:] for row in new}}
    assert differing
    found = here.rows(
        "select source_file, change = 'withdrawn', indicator_code, applicant_type from marts.report_changes "
        "inner join marts.dim_report using (report_id)"
    )
    assert set(found) == {(WITHDRAWN, True, None, None), *(("f-bureau.html", False, *key) for key in differing)}


def marts(here: Place) -> dict[str, list[tuple[Any, ...]]]:
    """All marts but those that tell of publications, without the times at which things were met."""
    columns = here.rows(
        "select table_name, list(column_name order by column_index) from duckdb_columns() where schema_name = 'marts' "
        "and table_name not in ('publications', 'changes') and not starts_with(data_type, 'TIMESTAMP') group by all"
    )
    return {table: here.rows(f"select {', '.join(names)} from marts.{table} order by all") for table, names in columns}


def test_at_once_and_in_three_deliveries_the_marts_are_the_same(in_three: Place, at_once: Place) -> None:
    once, three = marts(at_once), marts(in_three)
    assert once.keys() == three.keys()
    for table in once:
        assert three[table] == once[table], table


def deliver_at_random(chance: random.Random, folder: Path) -> None:
    """Reports of the small world, whose figures may have changed, come into the folder, and some others leave it."""
    reports = chance.sample(small_world().written, 6)
    for report in reports:
        key = chance.choice(sorted(report.figures))
        changed = replace(report, figures=report.figures | {key: report.figures[key] * chance.choice((1, 2))})
        deliver([File(f"{chance.randrange(20)}.html", changed, 0)], folder)
    for path in chance.sample(sorted(folder.iterdir()), 3):
        path.unlink()


def test_after_any_deliveries_the_marts_are_those_built_anew(in_three: Place, tmp_path: Path) -> None:
    """A delivery with a rule that comes back, one with the same rules, each with withdrawals; then all is made anew.

    GONGKAI_SEED repeats the run of a failure.
    """
    seed = int(os.environ.get("GONGKAI_SEED") or random.SystemRandom().randrange(2**32))
    chance = random.Random(seed)
    folder = in_three.published.with_name("reports")  # a mirror of another folder would withdraw nothing
    project = shutil.copytree(in_three.project, tmp_path / "project")
    for path in (in_three.published, Warehouse(in_three.published).work):
        shutil.copy(path, tmp_path / path.name)
    here = Place(project, tmp_path / in_three.published.name)
    deliver_at_random(chance, folder)
    shutil.copy(ROOT / "seeds/forms/derived_sums.csv", project / "seeds/forms")
    here.run("run", "--mirror", folder)
    deliver_at_random(chance, folder)
    here.run("run", "--mirror", folder)
    before = marts(here)
    here.run("build", "--full-refresh")
    after = marts(here)
    for table in before:
        assert after[table] == before[table], f"{table}, seed {seed}"
    last = here.rows("select publication_no, change_count from marts.publications order by all")[-1]
    assert last == (6, 0), f"seed {seed}"


def told(here: Place, number: int) -> set[tuple[Any, ...]]:
    return set(
        here.rows(
            "select subject, change, reason, source_file, indicator_code, applicant_type, old_value::bigint, "
            f"new_value::bigint from marts.changes inner join marts.dim_report using (report_id) "
            f"where publication_no = {number}"
        )
    )


def test_each_publication_tells_what_it_changed_and_why(in_three: Place) -> None:
    numbers = in_three.rows(
        "select publication_no, change_count is null, report_count from marts.publications order by all"
    )
    assert numbers == [(1, True, 5), (2, False, 6), (3, False, 5)]
    assert told(in_three, 1) == set()

    expected: set[tuple[Any, ...]] = {
        ("report", "replaced", "new_document", "f-bureau.html", None, None, None, None),
        ("report", "added", "new_document", "h-homonym.html", None, None, None, None),
    }
    before = {row[1:3]: row[3] for row in truth(["a-bureau.html"], by_first_rules=True)}
    after = {row[1:3]: row[3] for row in truth(["f-bureau.html"])}
    for key in before.keys() | after.keys():
        if before.get(key) != after.get(key):
            change = "added" if key not in before else "removed" if key not in after else "changed"
            figure = ("f-bureau.html", *key, before.get(key), after.get(key))
            expected.add(("figure", change, "new_document", *figure))
    stayed = ["b-water.html", "c-county.html", WITHDRAWN, "e-homonym.html"]
    taken_away = [row for row in truth(stayed, by_first_rules=True) if row[1] == DERIVED]
    assert len(taken_away) == len(stayed)
    expected |= {("figure", "removed", "rule", *row, None) for row in taken_away}
    was = int(deliveries().named("b-water.html").figures[CORRECTED])
    expected.add(("figure", "changed", "correction", "b-water.html", *CORRECTED, was, 7))
    assert told(in_three, 2) == expected

    assert told(in_three, 3) == {("report", "removed", "withdrawal", WITHDRAWN, None, None, None, None)}
