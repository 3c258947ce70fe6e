"""dbt itself and what dbt compiled, run without it, make the same: rows, types and comments of every mart.

The samples and the corpus (where it is not there, the exam), of which the samples were landed for dbt by runs that were
killed: that must make no difference to the marts either. Here dbt runs as `gongkai build --dbt`, and alone for its unit
tests; in `models/test_by_document.py` it builds alone.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.command import ROOT, gongkai_environment, run_dbt, run_gongkai
from helpers.marts import different, never_null, shape
from helpers.processes import cpu_of_whole, kill_after

from gongkai.warehouse import Warehouse
from scripts.renew_report_card import SETS

SAMPLES = ROOT / "samples" / "reports"
SCAN = "2018-quanli-xiang.pdf"
"""It takes longer to read than all other samples: what is killed is read without it, and all of them in the end."""
LARGEST = "corpus" if all(each.is_dir() for each in SETS["corpus"][0]) else "exam"


def do(published: Path, *arguments: str | Path) -> None:
    done = run_gongkai(*arguments, published=published)
    assert done.returncode == 0, done.stderr


def start(published: Path) -> subprocess.Popen[bytes]:
    reports = [str(path) for path in sorted(SAMPLES.iterdir()) if path.name != SCAN]
    command = [sys.executable, "-m", "gongkai.cli", "ingest", *reports]
    return subprocess.Popen(command, env=gongkai_environment(published), stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def by_gongkai(built_set: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of an undisturbed run over the samples, after one over the larger set."""
    published = tmp_path_factory.mktemp("gongkai") / "gongkai.duckdb"
    before = built_set(LARGEST)
    for path in (before, Warehouse(before).work):
        shutil.copy(path, published.with_name(path.name))
    do(published, "run", SAMPLES)
    return published


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same landed, the samples by runs that were killed and one that was not, as the path of the published file."""
    folder = tmp_path_factory.mktemp("alone")
    published = folder / "w.duckdb"
    seconds = cpu_of_whole(start(folder / "undisturbed.duckdb"))
    for share in (0.4, 0.6, 0.8, 0.95):
        kill_after(start(published), share * seconds)
    do(published, "ingest", SAMPLES)
    do(published, "ingest", *SETS[LARGEST][0])
    return published


@pytest.fixture(scope="module")
def by_dbt(landed: Path, parsed: Path) -> Path:
    """The published file of dbt, all of whose data tests passed."""
    shutil.copytree(parsed, Warehouse(landed).scratch_folder / "target")
    # Beside the warehouse, for dbt to know it by the name by which it was parsed.
    done = run_gongkai("build", "--dbt", published=landed, cwd=landed.parent)
    assert done.returncode == 0, done.stderr
    return landed


def test_all_unit_tests_pass(by_dbt: Path) -> None:
    target = Warehouse(by_dbt).scratch_folder / "target"
    given = ("--select", "test_type:unit", "--warn-error-options", '{"error": ["Deprecations"]}')
    done = run_dbt("test", *given, target=target, published=by_dbt)
    assert done.returncode == 0, done.stdout[-5000:]
    written = sum(path.read_text("utf-8").count("\n  - name: ") for path in ROOT.glob("models/*/_*__unit_tests.yml"))
    assert len(re.findall(r" of \d+ PASS ", done.stdout)) == written > 0


def test_the_marts_are_those_of_an_undisturbed_run(by_dbt: Path, by_gongkai: Path) -> None:
    held = never_null(Warehouse(by_gongkai).work)
    assert ("observations", "value") in held
    assert never_null(Warehouse(by_dbt).work) == held
    assert shape(by_dbt) == shape(by_gongkai)
    assert different(by_dbt, by_gongkai) == {}


def test_a_build_goes_on_from_what_dbt_left(by_dbt: Path, by_gongkai: Path, tmp_path: Path) -> None:
    """It takes no row of dbt for its own."""
    published = tmp_path / "w.duckdb"
    shutil.copy(Warehouse(by_dbt).work, Warehouse(published).work)
    do(published, "build")
    assert shape(published) == shape(by_gongkai)
    assert different(published, by_gongkai) == {}
    assert never_null(Warehouse(published).work) == never_null(Warehouse(by_gongkai).work)
