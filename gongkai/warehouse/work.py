"""The work file beside the published warehouse: opened for writing and for reading."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.lock import in_the_way, not_writable, write_lock
from gongkai.warehouse.ownership import damaged, require_ours, set_aside, work_found
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach
from ingest.documents.raw import RAW_TABLES, create_raw
from ingest.errors import GongkaiError, is_damage

_ROW_GROUP = 20_480
"""Rows that DuckDB keeps together. Each checkpoint writes the last, partly filled group anew, all its text in memory:
with the usual 122,880 rows a run over 260 MB of text took 390 MB, with these 235 MB."""


@contextmanager
def open_work(
    warehouse: Warehouse,
    on_restored: Callable[[int], None] = lambda documents: None,
    template: Callable[[], Path | None] = lambda: None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work file opened for writing, with the raw tables in it, under the write lock; see `require_work`.

    GongkaiError where a file in its place is not ours, or broken.
    """
    require_ours(warehouse)
    with write_lock(warehouse):
        if restored := require_work(warehouse, template):
            on_restored(restored)
        connection = _connect(warehouse.work, warehouse, read_only=False)
        try:
            create_raw(connection)
            yield connection
        except duckdb.Error as error:
            if is_damage(error):
                raise damaged(warehouse.work, str(error).splitlines()[0]) from error
            raise
        finally:
            connection.close()


def require_work(warehouse: Warehouse, template: Callable[[], Path | None] = lambda: None) -> int:
    """Make the work file where there is none, under the write lock: from what is published, where anything is.

    `template`: asked for a file to begin with, as for `make_work`. Gives the number of documents that came from the
    published file.
    """
    if warehouse.work.exists():
        return 0
    source = warehouse.published if warehouse.published.exists() else None
    documents, _ = make_work(warehouse, source, template())
    return documents


def bring_to_this_version(warehouse: Warehouse) -> None:
    """Give a work file that an older version made the raw tables and columns that came since, and drop what that alone
    remembered.

    The caller holds the write lock.
    """
    connection = _connect(warehouse.work, warehouse, read_only=False)
    try:
        create_raw(connection)
        state.drop_former(connection)
    finally:
        connection.close()


@contextmanager
def read_work(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work file opened for reading. GongkaiError where there is none yet or a run is writing to it."""
    if not warehouse.work.exists():
        if warehouse.published.exists():
            raise GongkaiError(
                f"the work file of {warehouse} is lost; make it anew from what is published: gongkai build"
            )
        raise GongkaiError(f"there is no warehouse at {warehouse} yet; make it with: gongkai ingest FOLDER")
    found = work_found(warehouse)
    if found.state not in {"ours", "busy"}:
        raise found.error()
    connection = _connect(warehouse.work, warehouse, read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def make_work(warehouse: Warehouse, source: Path | None, template: Path | None = None) -> tuple[int, Path | None]:
    """Make a work file that holds the raw tables of `source` (a work or published file).

    `template`: the file of compiled rules, whose tables that stand on no document are there from the beginning then.
    Made aside and renamed, as a file whose creation was cut short would never open again. Gives the number of its
    documents, and where the former work file is now, if it was not the source. duckdb.Error where the source cannot be
    read to its end; everything is then as it was.
    """
    aside = warehouse.unfinished_work
    _remove_unfinished(aside)
    if template is not None:
        _begin_with(template, aside)
    connection = _connect(aside, warehouse, read_only=False)
    try:
        connection.execute("drop table if exists state.compiled")
        create_raw(connection)
        if source is not None:
            _copy_raw(connection, source)
        row = connection.execute("select count(*) from raw.documents").fetchone()
    except BaseException:
        connection.close()
        _remove_unfinished(aside)
        raise
    connection.close()
    former = None
    if source != warehouse.work:
        former = set_aside(warehouse.work)  # with its log, which must not be played into this one
    aside.rename(warehouse.work)
    return (int(row[0]) if row else 0), former


def _begin_with(template: Path, aside: Path) -> None:
    """Copy the file. Where it is gone, or may not be written, all is as without one: a build makes what is missing."""
    try:
        shutil.copyfile(template, aside)
    except OSError:
        _remove_unfinished(aside)


def _remove_unfinished(aside: Path) -> None:
    """Remove what a killed run left; GongkaiError where it is something else."""
    if aside.is_symlink() or (aside.exists() and not aside.is_file()):
        raise in_the_way(aside)
    if aside.is_file():
        with aside.open("rb") as file:
            if file.read(12)[8:] not in (b"", b"DUCK"):
                raise in_the_way(aside)
    for path in (aside, aside.with_name(f"{aside.name}.wal")):
        path.unlink(missing_ok=True)


def _copy_raw(connection: duckdb.DuckDBPyConnection, source: Path) -> None:
    """Copy all raw tables; a column that an older version did not have stays empty."""
    attach(connection, source, "source", "read_only")
    connection.execute("set preserve_insertion_order = false")
    for table, columns in RAW_TABLES.items():
        there = connection.execute(
            "select column_name from duckdb_columns() "
            "where database_name = 'source' and schema_name = 'raw' and table_name = ?",
            [table],
        ).fetchall()
        common = ", ".join(name for (name,) in there if name in columns)
        for name, definition in columns.items():
            if definition.endswith("not null") and (name,) not in there:
                connection.execute(f"alter table raw.{table} alter column {name} drop not null")
        if common:
            connection.execute(f"insert into raw.{table} by name select {common} from source.raw.{table}")  # noqa: S608
    connection.execute("detach source")


def _connect(path: Path, warehouse: Warehouse, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection whose default database is the file, under the name that dbt gives it."""
    connection = duckdb.connect(":memory:", config=SETTINGS)
    option = "read_only" if read_only else f"row_group_size {_ROW_GROUP}"
    try:
        attach(connection, path, "gongkai", option)
        connection.execute("use gongkai")
        return connection
    except (duckdb.IOException, duckdb.ResourceInUseException) as error:
        connection.close()
        text = str(error)
        if "lock" in text or "already attached" in text:
            raise GongkaiError(
                f"another process has the work file {path} open; wait until it is done, then run the command again"
            ) from error
        if "ermission denied" in text or "ead-only file system" in text:
            raise not_writable(warehouse, error) from error
        raise damaged(path, text.splitlines()[0]) from error
