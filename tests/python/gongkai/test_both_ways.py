"""What dbt compiled, run without it, makes what dbt makes: rows, types and comments of every mart."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.command import Gongkai
from helpers.marts import different, shape

from gongkai.warehouse import Warehouse


@pytest.mark.parametrize("name", ["samples", "corpus"])
def test_both_ways_make_the_same_marts(
    name: str, built_set: Callable[[str], Path], tmp_path: Path, gongkai: Gongkai
) -> None:
    """Then the first way again, on what the other one left: neither takes the other's rows for its own."""
    directly = built_set(name)
    published = tmp_path / directly.name
    shutil.copy(Warehouse(directly).work, Warehouse(published).work)
    for options in (["--dbt", "--full-refresh"], []):
        published.unlink(missing_ok=True)
        done = gongkai("build", *options, published=published)
        assert done.returncode == 0, done.stderr
        assert shape(published) == shape(directly)
        assert different(published, directly) == {}
