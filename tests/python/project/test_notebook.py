"""The notebook runs without a screen on the published samples, reads marts only, and answers every question."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from helpers.command import ROOT, gongkai_environment

NOTEBOOK = ROOT / "notebooks" / "gongkai.py"


def test_it_runs_as_a_script(built_samples: Path) -> None:
    before = built_samples.read_bytes()
    done = subprocess.run(
        [sys.executable, NOTEBOOK], env=gongkai_environment(built_samples), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert built_samples.read_bytes() == before


def test_every_question_has_an_answer_on_the_samples(built_samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_WAREHOUSE", str(built_samples))
    spec = importlib.util.spec_from_file_location("notebook", NOTEBOOK)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _, found = module.app.run()
    try:
        frames = {name: value for name, value in found.items() if isinstance(value, pl.DataFrame)}
        assert set(frames) == {
            "totals", "reports_by_year", "received", "busiest", "outcomes", "disputes", "missing", "doubts",
        }  # fmt: skip
        assert [name for name, frame in frames.items() if frame.is_empty()] == []
        assert frames["reports_by_year"]["report_count"].sum() == frames["totals"]["reports"][0]
        # Charts are drawn from JSON: Chinese must get into it as it is.
        assert "年度" in found["coverage_chart"].to_json() and "收到申请数" in found["trend_chart"].to_json()
    finally:
        found["connection"].close()


def test_it_reads_marts_only() -> None:
    text = NOTEBOOK.read_text("utf-8")
    assert "read_only=True" in text
    assert re.search(r"\b(?:raw|staging|intermediate|seeds)\.\w", text) is None


def test_marimo_finds_nothing_wrong_with_it() -> None:
    marimo = shutil.which("marimo", path=str(Path(sys.executable).parent))
    assert marimo
    done = subprocess.run([marimo, "check", NOTEBOOK], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
