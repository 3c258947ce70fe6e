"""`dbt build` alone, without the command: it builds, tests, runs the unit tests, and gives the marts that `run` gives.

What it builds on was landed by runs that were killed, which must make no difference to the marts either.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT, WITHOUT_LOG, gongkai_environment, run_gongkai
from helpers.marts import different, shape
from helpers.processes import cpu_of_whole, kill_after

from gongkai.warehouse import Warehouse

SAMPLES = ROOT / "samples" / "reports"


def start(published: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gongkai.cli", "ingest", str(SAMPLES)]
    return subprocess.Popen(command, env=gongkai_environment(published), stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples landed by runs that were killed and one that was not, as the path of the published file."""
    folder = tmp_path_factory.mktemp("alone")
    seconds = cpu_of_whole(start(folder / "undisturbed.duckdb"))
    for share in (0.4, 0.6, 0.8, 0.95):
        kill_after(start(folder / "w.duckdb"), share * seconds)
    done = run_gongkai("ingest", SAMPLES, published=folder / "w.duckdb")
    assert done.returncode == 0, done.stderr
    return folder / "w.duckdb"


@pytest.fixture(scope="module")
def built(landed: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The work file, and what dbt said. Deprecations are errors."""
    command = [str(Path(sys.executable).with_name("dbt")), "build"]
    command += ["--warn-error-options", '{"error": ["Deprecations"]}']
    command += ["--target-path", str(landed.parent / "target"), "--log-path", str(landed.parent / "logs"), *WITHOUT_LOG]
    done = subprocess.run(
        command, cwd=ROOT, env=gongkai_environment(landed), capture_output=True, text=True, check=False
    )
    return Warehouse(landed).work, done


def test_all_models_tests_and_unit_tests_pass(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = built
    assert done.returncode == 0, done.stdout[-5000:]
    assert "unit_test" in done.stdout


def test_the_marts_are_those_of_an_undisturbed_run(
    built: tuple[Path, subprocess.CompletedProcess[str]], built_samples: Path
) -> None:
    work, _ = built
    assert shape(work) == shape(built_samples)
    assert different(work, built_samples) == {}


def test_a_build_goes_on_from_what_dbt_left(
    built: tuple[Path, subprocess.CompletedProcess[str]], built_samples: Path, tmp_path: Path
) -> None:
    """It takes no row of dbt for its own."""
    published = tmp_path / "w.duckdb"
    shutil.copy(built[0], Warehouse(published).work)
    done = run_gongkai("build", published=published)
    assert done.returncode == 0, done.stderr
    assert shape(published) == shape(built_samples)
    assert different(published, built_samples) == {}
