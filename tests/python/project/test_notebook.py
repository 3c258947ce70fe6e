"""The notebooks run without a screen on published warehouses, read marts only, answer every question, hide no gap."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment

from gongkai import notebooks as charts

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
ASKED = {
    "overview": {
        *("totals", "regions", "levels", "years", "indicators", "coverage", "late", "missing", "rates", "compared"),
        *("outcomes", "outcome_names", "bodies", "series_names", "series", "doubts", "notes"),
    },
    "analyst": {"tables", "stated", "sums", "spread", "inexact"},
    "data_quality": {"numbers", "least_read", "failing", "checks", "agreement", "left_out"},
}
MAY_BE_EMPTY = {"late", "notes", "inexact", "left_out", "agreement"}


@contextmanager
def run(notebook: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What a notebook defines when it has run."""
    monkeypatch.setenv("GONGKAI_WAREHOUSE", str(published))
    spec = importlib.util.spec_from_file_location(f"notebook_{notebook.stem}", notebook)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _, found = module.app.run()
    try:
        yield dict(found)
    finally:
        found["book"].connection.close()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_question_has_an_answer(notebook: Path, built_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = built_world.read_bytes()
    with run(notebook, built_world, monkeypatch) as found:
        frames = {name: value for name, value in found.items() if isinstance(value, pl.DataFrame)}
        assert ASKED[notebook.stem] - {"notes"} <= set(frames) <= ASKED[notebook.stem]
        assert {name for name, frame in frames.items() if frame.is_empty()} <= MAY_BE_EMPTY
        drawn = {name: value.to_json() for name, value in found.items() if name.endswith("_chart")}
        # Charts are drawn from JSON: Chinese must get into it as it is.
        assert drawn and all(re.search("[一-龥]", text) for text in drawn.values())
        assert all('"width": "container"' in text for text in drawn.values())
    assert built_world.read_bytes() == before


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_on_the_samples_as_a_script(notebook: Path, built_samples: Path) -> None:
    done = run_script(notebook, built_samples)
    assert done.returncode == 0 and done.stderr == ""


def run_script(notebook: Path, published: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, notebook], env=gongkai_environment(published), capture_output=True, text=True, check=False
    )


def test_without_a_warehouse_there_is_a_line_that_says_what_to_do(
    tmp_path: Path, gongkai: Gongkai, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = tmp_path / "none.duckdb"
    monkeypatch.setenv("GONGKAI_WAREHOUSE", str(none))
    assert charts.Notebook().problem == f"there is no warehouse at {none} yet; make it with: gongkai run FOLDER"
    assert "Traceback" not in run_script(NOTEBOOKS[0], none).stderr
    told = gongkai("notebook", "--no-browser", published=none)
    assert told.returncode == 1 and told.stderr.endswith("make it with: gongkai run FOLDER\n")
    (tmp_path / "broken.duckdb").write_text("no database", "utf-8")
    monkeypatch.setenv("GONGKAI_WAREHOUSE", str(tmp_path / "broken.duckdb"))
    assert "is no database, not a file that gongkai made" in charts.Notebook().problem


def test_two_visitors_of_one_process_read_the_same_file(built_samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_WAREHOUSE", str(built_samples))
    books = [charts.Notebook() for _ in range(2)]
    assert [book.problem for book in books] == ["", ""]
    assert [book.ask("select count(*) as n from marts.dim_level")["n"][0] for book in books] == [6, 6]
    for book in books:
        book.connection.close()


def test_all_outcomes_of_both_forms_are_in_the_chart(built_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with run(ROOT / "notebooks" / "overview.py", built_world, monkeypatch) as found:
        codes = found["book"].ask(
            "select split_part(indicator_code, '.', 3) as code from marts.dim_indicator "
            "where starts_with(indicator_code, 'application.outcome.')"
        )
        assert set(codes["code"]) == set(charts.OUTCOMES)
        shown = set(found["outcomes"].filter(pl.col("year") == 2017)["outcome"])
        assert {"already_public", "nonexistent", "not_this_agency"} <= shown
        assert "other" in set(found["outcomes"].filter(pl.col("year") == 2022)["outcome"])
        # The outcomes of reports that count, and of no other: those of the province hold the rest.
        ours = found["outcomes"].filter(pl.col("year") == 2022)["case_count"].sum()
        truth = found["book"].ask(
            "select sum(replied) as n from marts.fct_applications inner join marts.additive_reports using (report_id) "
            "where fct_applications.year = 2022"
        )
        assert ours == truth["n"][0]


def test_no_line_runs_over_years_without_a_figure_or_over_a_break() -> None:
    frame = pl.DataFrame(
        {
            "year": [2015, 2016, 2017, 2018, 2019, 2020],
            "value": [1.0, 2.0, None, 3.0, 4.0, 5.0],
            "scope": ["own"] * 6,
            "segment": [1, 1, 1, 1, 2, 2],
            "is_break": [False, False, None, False, True, False],
            "note": [""] * 6,
        }
    )
    chart = charts.line(frame, value="value", by="scope", title="数", axis="件").to_dict()
    [rows] = chart["datasets"].values()
    pieces: dict[str, list[int]] = {}
    for row in rows:
        pieces.setdefault(row["piece"], []).append(row["year"])
    assert sorted(pieces.values()) == [[2015, 2016], [2018], [2019, 2020]]
    assert chart["layer"][0]["encoding"]["detail"]["field"] == "piece"
    assert chart["layer"][0]["encoding"]["x"]["scale"]["domain"] == list(range(2015, 2021))
    [broken] = [layer for layer in chart["layer"] if layer["mark"].get("shape") == "diamond"]
    assert broken["transform"] == [{"filter": "datum.is_break"}]


def test_a_rate_has_its_interval_and_its_n() -> None:
    frame = pl.DataFrame({"year": [2021], "value": [0.5], "low": [0.3], "high": [0.7], "n": [12]})
    chart = charts.intervals_over_years(frame, title="率", axis="率", is_share=True).to_dict()
    fields = [
        {channel: each["field"] for channel, each in layer["encoding"].items() if "field" in each}
        for layer in chart["layer"]
    ]
    assert fields[0]["y"] == "low" and fields[0]["y2"] == "high" and fields[2]["text"] == "n"
    assert all(layer["mark"]["type"] != "line" for layer in chart["layer"])


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_reads_marts_only(notebook: Path) -> None:
    assert re.search(r"\b(?:raw|staging|intermediate|seeds)\.\w", notebook.read_text("utf-8")) is None


def test_marimo_finds_nothing_wrong_with_them() -> None:
    marimo = shutil.which("marimo", path=str(Path(sys.executable).parent))
    assert marimo
    done = subprocess.run([marimo, "check", *NOTEBOOKS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_copy_to_edit_is_made_once(tmp_path: Path) -> None:
    from gongkai.commands.notebook import Name, _copied

    assert {name.value for name in Name} == {path.stem for path in NOTEBOOKS}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        copy = _copied(NOTEBOOKS[0])
        assert copy == tmp_path / NOTEBOOKS[0].name and copy.read_bytes() == NOTEBOOKS[0].read_bytes()
        copy.write_text("mine", "utf-8")
        assert _copied(NOTEBOOKS[0]).read_text("utf-8") == "mine"


def test_without_a_browser_its_address_is_printed(built_samples: Path, tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("gongkai"), "notebook", "--no-browser", "--warehouse", str(built_samples)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=gongkai_environment(), stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as served:
        assert served.stdout
        stop = threading.Timer(120, os.killpg, (served.pid, signal.SIGKILL))  # a server that says nothing ends, too
        stop.start()
        try:
            assert any(re.search(r"https?://(localhost|127\.0\.0\.1):\d+", line) for line in served.stdout)
        finally:
            stop.cancel()
            os.killpg(served.pid, signal.SIGKILL)
