"""The published file, opened for reading, and the marts in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from gongkai.warehouse import Warehouse
from gongkai.warehouse.ownership import damaged, published_found
from gongkai.warehouse.settings import SETTINGS
from ingest.errors import GongkaiError, is_damage

MEMORY = "512MB"
"""What DuckDB may take for sorting; a longer table is sorted on disk. With batches and constant-memory sheets, an
export of 500,000 findings took 450 MB in all, one of 20,000 took 190."""

_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")


@contextmanager
def open_published(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, opened for reading. GongkaiError where there is none or it is no warehouse of ours."""
    found = published_found(warehouse)
    if found.state == "missing":
        raise GongkaiError(f"there is no warehouse at {warehouse} yet; make it with: gongkai run FOLDER")
    if found.state != "ours":
        raise found.error()
    connection = duckdb.connect(
        str(warehouse.published),
        read_only=True,
        config={**SETTINGS, "memory_limit": MEMORY},
    )
    try:
        if not tables(connection):
            raise GongkaiError(f"{warehouse} holds no schema marts; make it anew with: gongkai build --full-refresh")
        yield connection
    except duckdb.Error as error:
        if is_damage(error):
            raise damaged(warehouse.published, str(error).splitlines()[0]) from error
        raise
    finally:
        connection.close()


def tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The names of the marts. Names become file names, so only plain ones are taken."""
    rows = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts' order by table_name"
    ).fetchall()
    return [name for (name,) in rows if _PLAIN_NAME.fullmatch(name)]


def require_marts(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """GongkaiError where the published file lacks a table that is needed."""
    there = set(tables(connection))
    missing = [name for name in names if name not in there]
    if missing:
        raise GongkaiError(f"the warehouse lacks marts.{missing[0]}; make it anew with: gongkai build --full-refresh")
