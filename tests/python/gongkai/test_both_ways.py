"""What dbt compiled, run without it, makes what dbt makes: rows, types and comments of every mart."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from helpers.command import Gongkai

from gongkai.warehouse import Warehouse

TIMES = ("first_seen_at", "last_seen_at", "ingested_at", "seen_at")


def shape(published: Path) -> list[tuple[object, ...]]:
    """Tables and columns of marts, with their types and comments."""
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.sql(
            """
            select table_name, column_name, data_type, comment from duckdb_columns() where schema_name = 'marts'
            union all
            select table_name, '', '', comment from duckdb_tables() where schema_name = 'marts'
            order by all
            """
        ).fetchall()


def different(left: Path, right: Path) -> dict[str, list[tuple[object, ...]]]:
    """The marts whose rows differ, times aside, with some rows that one side has more often than the other."""
    with duckdb.connect() as connection:
        for side, path in (("one", left), ("other", right)):
            connection.execute(f"attach '{path}' as {side} (read_only)")
        names = connection.sql(
            "select distinct table_name from duckdb_tables() where schema_name = 'marts' order by all"
        ).fetchall()
        found = {}
        for (name,) in names:
            kept = f"select columns(lambda name: name not in {TIMES}) from"
            one, other = f"({kept} one.marts.{name})", f"({kept} other.marts.{name})"
            rows = connection.sql(
                f"(from {one} except all from {other}) union all (from {other} except all from {one}) limit 5"
            ).fetchall()
            if rows:
                found[name] = rows
        return found


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
