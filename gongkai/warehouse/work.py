"""The work file beside the published warehouse: opened for writing and for reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from gongkai.warehouse import Warehouse
from gongkai.warehouse.lock import not_writable, write_lock
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach
from ingest.documents.raw import create_raw
from ingest.errors import GongkaiError

_ROW_GROUP = 20_480
"""Rows that DuckDB keeps together. Each checkpoint writes the last, partly filled group anew, all its text in memory:
with the usual 122,880 rows a run over 260 MB of text took 390 MB, with these 235 MB."""


@contextmanager
def open_work(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work file opened for writing, with the raw tables in it, under the write lock."""
    with write_lock(warehouse):
        if not warehouse.work.exists():
            _create(warehouse)
        connection = _connect(warehouse.work, warehouse, read_only=False)
        try:
            create_raw(connection)
            yield connection
        finally:
            connection.close()


def complete_raw(warehouse: Warehouse) -> None:
    """Give a work file that an older version made the raw tables and columns that came since.

    The caller holds the write lock.
    """
    connection = _connect(warehouse.work, warehouse, read_only=False)
    try:
        create_raw(connection)
    finally:
        connection.close()


@contextmanager
def read_work(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work file opened for reading. GongkaiError where there is none yet or a run is writing to it."""
    if not warehouse.work.exists():
        raise GongkaiError(f"there is no warehouse at {warehouse} yet; make it with: gongkai ingest FOLDER")
    connection = _connect(warehouse.work, warehouse, read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def _create(warehouse: Warehouse) -> None:
    """Make the file aside and rename it, as a file whose creation was cut short would never open again."""
    aside = warehouse.unfinished_work
    aside.unlink(missing_ok=True)
    connection = _connect(aside, warehouse, read_only=False)
    create_raw(connection)
    connection.close()
    aside.rename(warehouse.work)


def _connect(path: Path, warehouse: Warehouse, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection whose default database is the file, under the name that dbt gives it."""
    connection = duckdb.connect(":memory:", config=SETTINGS)
    option = "read_only" if read_only else f"row_group_size {_ROW_GROUP}"
    try:
        attach(connection, path, "gongkai", option)
        connection.execute("use gongkai")
        return connection
    except duckdb.IOException as error:
        connection.close()
        text = str(error)
        if "lock" in text:
            raise GongkaiError(
                f"another process has the work file {path} open; wait until it is done, then run the command again"
            ) from error
        if "ermission denied" in text or "ead-only file system" in text:
            raise not_writable(warehouse, error) from error
        raise GongkaiError(
            f"the work file {path} cannot be opened ({text.splitlines()[0]}); "
            "move it away and run gongkai run on your folders again"
        ) from error
