"""Each check of the seed fires on a slip made for it, and on no sound report: one table of slips, one build for all.

A row of `data/check_cases.csv` is a check, the kind of scene and the report of it (by its place) that the slip is put
into, the slip, and the other checks that cannot but fail with it. Rows of a scene with the same ending (tree21:sums)
share it.
"""

from __future__ import annotations

import csv
import os
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, run_gongkai
from helpers.report_world import Makers, Report

from gongkai.warehouse import Warehouse

CASES = ROOT / "tests/python/data/check_cases.csv"
SOUND_SCENES = {
    "dept21": 14, "dept19": 12, "first19": 3, "gov21": 6, "gov19": 6, "dept14": 10, "first14": 3, "pair14": 2,
    "local": 7, "prose": 8, "docx": 3, "versions": 2, "subtotals21": 3, "tree21": 3, "tree19": 2,
}  # fmt: skip
"""How many sound scenes of each kind stand beside the slips."""

SILENT_WHERE_SOUND = {"V-CHANGE"}
"""Other figures make another version: one with the same is the same version, of which nothing is judged."""


@dataclass(frozen=True)
class Case:
    """A row of the table."""

    check_code: str
    scene: str
    report: int
    slip: str
    also: frozenset[str]

    @property
    def kind(self) -> str:
        """The kind of the scene."""
        return self.scene.partition(":")[0]


def read_cases() -> list[Case]:
    """The table."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return [
            Case(row["check_code"], row["scene"], int(row["report"]), row["slip"], frozenset(row["also"].split()))
            for row in csv.DictReader(file)
        ]


def checks() -> set[str]:
    """The checks of the seed."""
    with (ROOT / "seeds/checks/checks.csv").open(encoding="utf-8", newline="") as file:
        return {row["check_code"] for row in csv.DictReader(file)}


@dataclass
class World:
    """All scenes in one warehouse: results of checks by file, and the files of each scene."""

    seed: int
    results: dict[str, dict[str, set[str]]]
    sound: dict[str, list[str]]
    slipped: dict[str, list[str]]

    def failed(self, files: list[str]) -> set[str]:
        """The checks that any of these files fails."""
        return {code for file in files for code, results in self.results[file].items() if "fail" in results}


def _write(scene: list[Report], folder: Path, stem: str) -> list[str]:
    return [report.write(folder, f"{stem}-{number}") for number, report in enumerate(scene)]


def _scenes(cases: list[Case]) -> dict[str, list[Case]]:
    """The cases by scene: each by itself, but for those that share one."""
    scenes: dict[str, list[Case]] = defaultdict(list)
    for number, case in enumerate(cases):
        scenes[case.scene if ":" in case.scene else f"{case.scene}:{number}"].append(case)
    return scenes


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Sound scenes and slips, built in one run. GONGKAI_SEED repeats the run of a failure."""
    place = tmp_path_factory.mktemp("checks")
    folder = place / "in"
    folder.mkdir()
    seed = int(os.environ.get("GONGKAI_SEED") or random.SystemRandom().randrange(2**32))
    makers = Makers(random.Random(seed))
    sound: dict[str, list[str]] = defaultdict(list)
    for kind, count in SOUND_SCENES.items():
        for number in range(count):
            sound[kind] += _write(makers.scene(kind), folder, f"sound-{kind}-{number}")
    slipped = {}
    for name, cases in _scenes(read_cases()).items():
        scene = makers.scene(cases[0].kind)
        for case in cases:
            for statement in case.slip.split("; "):
                scene[case.report].slip(statement, scene)
        slipped[name] = _write(scene, folder, "slip-" + name.replace(":", "-"))
    published = place / "w.duckdb"
    done = run_gongkai("run", folder, published=published)
    assert done.returncode == 0, done.stdout + done.stderr
    results: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with duckdb.connect(str(Warehouse(published).work), read_only=True) as connection:
        for file, code, result in connection.execute(
            "select source_file, check_code, result "
            "from intermediate.int_checks_evaluated inner join marts.dim_report using (report_id)"
        ).fetchall():
            results[file][code].add(result)
    return World(seed, results, sound, slipped)


def test_no_check_is_left_out() -> None:
    assert {case.check_code for case in read_cases()} == checks()


def test_every_file_is_a_report(world: World) -> None:
    """What is not read as a report proves nothing of the checks."""
    files = {file for scenes in (world.sound, world.slipped) for each in scenes.values() for file in each}
    assert files == set(world.results), f"seed {world.seed}"


def test_sound_reports_have_no_finding(world: World) -> None:
    """Of every form and level, of several years, on the own level and on whole areas: more than 140."""
    files = [file for each in world.sound.values() for file in each]
    assert len(files) >= 140
    wrongly = {file: sorted(world.failed([file])) for file in files if world.failed([file])}
    assert not wrongly, f"seed {world.seed}: {wrongly}"


def test_each_check_fires_on_its_slip_and_on_nothing_else(world: World) -> None:
    wrong = []
    for name, cases in _scenes(read_cases()).items():
        files = world.slipped[name]
        for case in cases:
            found = {result for file in files for result in world.results[file].get(case.check_code, ())}
            if "fail" not in found:
                wrong.append(f"{case.check_code} does not fire on {case.slip} ({name}: {sorted(found)})")
        wanted = {case.check_code for case in cases}.union(*(case.also for case in cases))
        if others := world.failed(files) - wanted:
            wrong.append(f"{sorted(others)} fire as well on {[case.slip for case in cases][:3]} ({name})")
        if absent := wanted - world.failed(files):
            wrong.append(f"{sorted(absent)} do not fire with {[case.slip for case in cases][:3]} ({name})")
    assert not wrong, f"seed {world.seed}:\n" + "\n".join(wrong)


def test_each_check_passes_a_sound_report_of_the_same_kind(world: World) -> None:
    """It was looked at and holds: a check that is silent everywhere would pass the test above."""
    silent = [
        f"{case.check_code} ({case.kind})"
        for case in read_cases()
        if case.check_code not in SILENT_WHERE_SOUND
        and not any("pass" in world.results[file][case.check_code] for file in world.sound[case.kind])
    ]
    assert not silent, f"seed {world.seed}: {silent}"
