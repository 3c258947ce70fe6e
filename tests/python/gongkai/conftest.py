"""Shared by the tests of `gongkai explore`: one explorer over the samples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT
from helpers.explorer import Explorer, exploring


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the two files of people, with their heads alone."""
    folder = tmp_path_factory.mktemp("people")
    for name in ("verdicts.csv", "corrections.csv"):
        head = (ROOT / "seeds" / "people" / name).read_text(encoding="utf-8").splitlines()[0]
        (folder / name).write_text(head + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def explorer(built_samples: Path, seeds: Path) -> Iterator[Explorer]:
    """An explorer over the samples, which nobody changes."""
    with exploring(built_samples, "--seeds", seeds, "--by", "测试") as running:
        yield running


@pytest.fixture(scope="session")
def known(built_samples: Path) -> dict[str, str]:
    """Ids to put into addresses: a body, a report of it and a figure of that, another body, and all reports by file."""
    with duckdb.connect(str(built_samples), read_only=True) as connection:
        by_file = {
            file: (report, agency)
            for file, report, agency in connection.execute(
                "select source_file, report_id, agency_id from marts.dim_report"
            ).fetchall()
        }
        report, agency = by_file["2013-qiannan-zhou.html"]
        figure = connection.execute(
            "select observation_id from marts.observations "
            "where report_id = ? and indicator_code = 'application.received' and is_selected",
            [report],
        ).fetchone()
    assert figure is not None
    ids = {"agency": agency, "report": report, "figure": figure[0], "other": by_file["2022-deqing-xian.html"][1]}
    return ids | {file: report for file, (report, _) in by_file.items()}
