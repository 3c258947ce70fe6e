"""What dbt compiled, run without it, makes what dbt makes: rows, types and comments of every mart.

`models/test_dbt_alone.py` shows the same of the samples, as dbt builds them alone.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from helpers.command import Gongkai
from helpers.marts import different, never_null, shape

from gongkai.warehouse import Warehouse
from scripts.renew_report_card import SETS


@pytest.fixture
def largest_set(request: pytest.FixtureRequest) -> Path:
    """The corpus; where it is not there, the exam."""
    is_there = all(each.is_dir() for each in SETS["corpus"][0])
    built: Path = request.getfixturevalue("built_set")("corpus" if is_there else "exam")
    return built


def test_both_ways_make_the_same_marts(largest_set: Path, parsed: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    """Then the first way again, on what the other one left: neither takes the other's rows for its own."""
    published = tmp_path / "w.duckdb"  # as `parsed` calls it: dbt need not parse again
    shutil.copy(Warehouse(largest_set).work, Warehouse(published).work)
    held = never_null(Warehouse(largest_set).work)
    assert ("observations", "value") in held
    target = Warehouse(published).scratch_folder / "target"
    target.mkdir(parents=True)
    shutil.copy(parsed / "partial_parse.msgpack", target)
    for options in (["--dbt", "--full-refresh"], []):
        published.unlink(missing_ok=True)
        done = gongkai("build", *options, published=published, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert shape(published) == shape(largest_set)
        assert different(published, largest_set) == {}
        assert never_null(Warehouse(published).work) == held
