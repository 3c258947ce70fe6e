"""The same documents give the same rows in every model, in whatever order they lie and on however many threads."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT
from helpers.project import compiled_of

from gongkai.building import direct
from gongkai.warehouse import Warehouse
from ingest.documents.raw import RAW_TABLES


def shuffled(work: Path, to: Path, seed: int) -> Warehouse:
    """A work file with the same raw rows in another order, and nothing built."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{work}' as one (read_only); attach '{to}' as other; create schema other.raw")
        connection.execute("set threads = 1")
        for table in RAW_TABLES:
            connection.execute(
                f"create table other.raw.{table} as from one.raw.{table} as each order by hash(each, {seed})"
            )
    return Warehouse(to.with_name(to.name.removesuffix(".work.duckdb") + ".duckdb"))


def contents(work: Path) -> dict[str, list[tuple[object, ...]]]:
    """For each table a number of its rows that is the same for whatever order they have."""
    with duckdb.connect(str(work), read_only=True) as connection:
        tables = connection.sql(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('intermediate', 'marts', 'staging') order by all"
        ).fetchall()
        return {
            name: connection.sql(f"select count(*), sum(hash(each)) from {name} as each").fetchall()
            for (name,) in tables
        }


@pytest.mark.parametrize("name", ["samples", "regression"])
def test_every_model_is_the_same_each_time(
    name: str, built_set: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, settings, found = Warehouse(built_set(name)).work, direct.engine_settings, {}
    for threads in (1, 5):
        seed = random.randrange(1 << 30)
        warehouse = shuffled(work, tmp_path / f"{threads}.work.duckdb", seed)
        monkeypatch.setattr(direct, "engine_settings", lambda project, n=threads: settings(project) | {"threads": n})
        outcome = direct.build_directly(ROOT, warehouse, compiled_of(ROOT), progress=lambda *_: None)
        assert outcome.failures == []
        found[f"{threads} threads, rows in order {seed}"] = contents(warehouse.work)
    (one_way, one), (other_way, other) = found.items()
    assert len(one) > 100
    assert [table for table in one if one[table] != other[table]] == [], f"{one_way}; {other_way}"
