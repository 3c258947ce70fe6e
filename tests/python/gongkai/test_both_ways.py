"""`dbt build` alone and what dbt compiled, run without it, make the same: rows, types and comments of every mart.

The samples and the corpus (where it is not there, the exam), of which the samples were landed for dbt by runs that were
killed: that must make no difference to the marts either. `gongkai build --dbt` is in `models/test_by_document.py`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.command import ROOT, WITHOUT_LOG, gongkai_environment, run_gongkai
from helpers.marts import different, never_null, shape
from helpers.processes import cpu_of_whole, kill_after

from gongkai.warehouse import Warehouse
from scripts.renew_report_card import SETS

SAMPLES = ROOT / "samples" / "reports"
LARGEST = "corpus" if all(each.is_dir() for each in SETS["corpus"][0]) else "exam"


def do(published: Path, *arguments: str | Path) -> None:
    done = run_gongkai(*arguments, published=published)
    assert done.returncode == 0, done.stderr


def start(published: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gongkai.cli", "ingest", str(SAMPLES)]
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
    published = folder / "w.duckdb"  # as `parsed` calls it: dbt need not parse again
    seconds = cpu_of_whole(start(folder / "undisturbed.duckdb"))
    for share in (0.4, 0.6, 0.8, 0.95):
        kill_after(start(published), share * seconds)
    do(published, "ingest", SAMPLES)
    do(published, "ingest", *SETS[LARGEST][0])
    return published


@pytest.fixture(scope="module")
def by_dbt(landed: Path, parsed: Path) -> subprocess.CompletedProcess[str]:
    """What dbt said."""
    target = landed.with_name("target")
    target.mkdir()
    shutil.copy(parsed / "partial_parse.msgpack", target)
    command = [str(Path(sys.executable).with_name("dbt")), "build", "--project-dir", str(ROOT)]
    command += ["--warn-error-options", '{"error": ["Deprecations"]}', "--profiles-dir", str(ROOT)]
    command += ["--target-path", str(target), "--log-path", str(landed.with_name("logs")), *WITHOUT_LOG]
    environment = gongkai_environment() | {"GONGKAI_WAREHOUSE": landed.name}
    return subprocess.run(command, cwd=landed.parent, env=environment, capture_output=True, text=True, check=False)


def test_all_models_tests_and_unit_tests_pass(by_dbt: subprocess.CompletedProcess[str]) -> None:
    assert by_dbt.returncode == 0, by_dbt.stdout[-5000:]
    assert "unit_test" in by_dbt.stdout


@pytest.mark.usefixtures("by_dbt")
def test_the_marts_are_those_of_an_undisturbed_run(landed: Path, by_gongkai: Path) -> None:
    work = Warehouse(landed).work
    held = never_null(Warehouse(by_gongkai).work)
    assert ("observations", "value") in held
    assert never_null(work) == held
    assert shape(work) == shape(by_gongkai)
    assert different(work, by_gongkai) == {}


@pytest.mark.usefixtures("by_dbt")
def test_a_build_goes_on_from_what_dbt_left(landed: Path, by_gongkai: Path, tmp_path: Path) -> None:
    """It takes no row of dbt for its own."""
    published = tmp_path / "w.duckdb"
    shutil.copy(Warehouse(landed).work, Warehouse(published).work)
    do(published, "build")
    assert shape(published) == shape(by_gongkai)
    assert different(published, by_gongkai) == {}
    assert never_null(Warehouse(published).work) == never_null(Warehouse(by_gongkai).work)
