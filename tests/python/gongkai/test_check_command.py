"""The commands that check rules: what they print, and that broken rules stop a build before dbt is there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT, gongkai_environment
from helpers.processes import PATIENCE
from helpers.rules import FIGURES, LABELS, change, copy_of_rules


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_of_rules(tmp_path)


def test_json_is_for_machines(project: Path) -> None:
    line = change(project, LABELS, ",application.received,", ",application.recieved,")
    done = run_in(project, "check", "--json")
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)
    assert problem == {
        "file": LABELS,
        "line": line,
        "message": "row_code 'application.recieved' is no indicator",
        "column": "row_code",
        "value": "application.recieved",
        "nearest": "application.received",
    }


def run_in(project: Path, *arguments: str | Path, published: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the package of this checkout, copied beside the rules of the project, so that these are its own."""
    for name in ("gongkai", "ingest"):
        if not (project / name).exists():
            shutil.copytree(ROOT / name, project / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, project / name)
    environment = gongkai_environment(published) | {"PYTHONPATH": str(project)}
    # dbt must not even be imported where the rules are broken.
    command = [sys.executable, "-X", "importtime", "-m", "gongkai.cli", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False
    )
    told = [each for each in done.stderr.splitlines() if not each.startswith("import time:")]
    assert "dbt.cli" not in done.stderr
    return subprocess.CompletedProcess(command, done.returncode, done.stdout, "\n".join(told))


def test_run_and_build_tell_of_broken_rules_before_anything_else_is_done(project: Path, tmp_path: Path) -> None:
    report = tmp_path / "reports" / "a.txt"
    report.parent.mkdir()
    report.write_text("某县人民政府2023年政府信息公开工作年度报告\n", "utf-8")
    published = tmp_path / "warehouse" / "gongkai.duckdb"
    typo = change(project, LABELS, ",application.received,", ",application.recieved,")
    done = run_in(project, "run", report.parent, published=published)
    assert done.returncode == 1 and not published.parent.exists()
    assert run_in(project, "ingest", report.parent, published=published).returncode == 0
    shifted = change(project, FIGURES, '"^[^，；。]{0,6}(?:专职|全职)"', "^[^，；。]{0,6}(?:专职|全职)")
    done = run_in(project, "build", published=published)
    labels, figures, last = done.stderr.splitlines()
    assert done.returncode == 1 and not published.exists()
    assert labels.startswith(f"{LABELS}:{typo}: row_code 'application.recieved' is no indicator")
    assert figures.startswith(f"{FIGURES}:{shifted}: the row has 18 fields, the header 17")
    assert last == "gongkai: 2 things wrong in the rules; mend what is listed above, then run the command again"
