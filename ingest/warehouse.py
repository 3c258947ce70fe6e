"""The work file beside the published warehouse: where it is, who may write to it, and its raw tables."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

import duckdb

from ingest.errors import GongkaiError, UsageError

RAW_TABLES: dict[str, dict[str, str]] = {
    "documents": {
        "document_id": "varchar not null",
        "source_file": "varchar not null",
        "archive_member": "varchar not null",
        "media_type": "varchar not null",
        "size_bytes": "bigint not null",
        "reader": "varchar not null",
        "reader_version": "varchar not null",
        "page_count": "integer",
        "char_count": "bigint not null",
        "encoding": "varchar",
        "ocr_used": "boolean not null",
        "properties": "varchar not null",
        "manifest_url": "varchar",
        "manifest_agency": "varchar",
        "manifest_year": "integer",
        "manifest_published_on": "date",
        "first_seen_at": "timestamp not null",
        "last_seen_at": "timestamp not null",
        "content_version": "varchar not null",
    },
    "document_sources": {
        "document_id": "varchar not null",
        "source_file": "varchar not null",
        "archive_member": "varchar not null",
        "first_seen_at": "timestamp not null",
        "last_seen_at": "timestamp not null",
    },
    "blocks": {
        "document_id": "varchar not null",
        "block_no": "integer not null",
        "kind": "varchar not null",
        "heading_level": "integer",
        "page": "integer",
        "text": "varchar not null",
        "confidence": "double",
    },
    "table_cells": {
        "document_id": "varchar not null",
        "table_no": "integer not null",
        "row_no": "integer not null",
        "col_no": "integer not null",
        "row_span": "integer not null",
        "col_span": "integer not null",
        "page": "integer",
        "text": "varchar not null",
        "confidence": "double",
        "after_block_no": "integer not null",
        "table_kind": "varchar not null",
    },
    "rejects": {
        "source_file": "varchar not null",
        "archive_member": "varchar not null",
        "sha256": "varchar",
        "reason_code": "varchar not null",
        "detail": "varchar not null",
        "seen_at": "timestamp not null",
    },
    "ingest_runs": {
        "run_id": "varchar not null",
        "started_at": "timestamp not null",
        "finished_at": "timestamp",
        "arguments": "varchar not null",
        "seen_count": "integer",
        "landed_count": "integer",
        "unchanged_count": "integer",
        "rejected_count": "integer",
        "duration_seconds": "double",
        "software_version": "varchar not null",
    },
}
"""The raw tables as `models/staging/_raw__sources.yml` describes them (a test compares the two)."""

_ROW_GROUP = 20_480
"""Rows that DuckDB keeps together. Each checkpoint writes the last, partly filled group anew, all its text in memory:
with the usual 122,880 rows a run over 260 MB of text took 390 MB, with these 235 MB."""

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def work_path(published: Path) -> Path:
    """The private work file of a published warehouse: `<stem>.work.duckdb` beside it."""
    if published.suffix != ".duckdb":
        raise UsageError(f"--warehouse {published}: the warehouse is a file whose name ends in .duckdb")
    return published.with_suffix(".work.duckdb")


def own_files(published: Path) -> list[Path]:
    """The files and folders of the warehouse, which are no reports where they stand in a folder that is read."""
    work = work_path(published)
    left_by_killed_builds = published.parent.glob(f"{escape(published.stem)}.publishing-*")
    return [
        published,
        work,
        *(work.with_suffix(suffix) for suffix in (".duckdb.wal", ".lock", ".new", ".tmp")),
        scratch_folder(published),
        *left_by_killed_builds,
    ]


def scratch_folder(published: Path) -> Path:
    """Where dbt keeps what it has parsed, and its logs: beside the warehouse, so that no two builds share it."""
    return published.with_name(f"{published.stem}.dbt")


@contextmanager
def write_lock(published: Path) -> Iterator[None]:
    """Hold the right to write the work file, across processes, until the block ends or this process dies.

    The lock is the operating system's, on a file beside the work file, so a killed run leaves none behind.
    GongkaiError where another run holds it or the folder cannot be written.
    """
    lock_path = work_path(published).with_suffix(".lock")
    try:
        lock_path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise _not_writable(published, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            raise GongkaiError(
                f"another gongkai (process {holder or 'unknown'}) is writing to {published}; "
                "wait until it is done, then run the command again"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def open_work(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work file opened for writing, with the raw tables in it, under the write lock."""
    with write_lock(published):
        work = work_path(published)
        if not work.exists():
            _create(work, published)
        connection = _connect(work, published, read_only=False)
        try:
            create_raw(connection)
            yield connection
        finally:
            connection.close()


@contextmanager
def read_work(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work file opened for reading. GongkaiError where there is none yet or a run is writing to it."""
    work = work_path(published)
    if not work.exists():
        raise GongkaiError(f"there is no warehouse at {published} yet; make it with: gongkai ingest FOLDER")
    connection = _connect(work, published, read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def create_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the raw tables where they are missing, and add columns that an older version did not have."""
    connection.execute("create schema if not exists raw")
    for table, columns in RAW_TABLES.items():
        definitions = ", ".join(f"{name} {definition}" for name, definition in columns.items())
        connection.execute(f"create table if not exists raw.{table} ({definitions})")
        for name, definition in columns.items():
            kind = definition.removesuffix(" not null")
            connection.execute(f"alter table raw.{table} add column if not exists {name} {kind}")


def _create(work: Path, published: Path) -> None:
    """Make the file aside and rename it, as a file whose creation was cut short would never open again."""
    aside = work.with_suffix(".new")
    aside.unlink(missing_ok=True)
    connection = _connect(aside, published, read_only=False)
    create_raw(connection)
    connection.close()
    aside.rename(work)


def _connect(path: Path, published: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection whose default database is the file, under the name that dbt gives it."""
    connection = duckdb.connect(":memory:", config=SETTINGS)
    quoted = str(path).replace("'", "''")
    option = "read_only" if read_only else f"row_group_size {_ROW_GROUP}"
    try:
        connection.execute(f"attach '{quoted}' as gongkai ({option})")
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
            raise _not_writable(published, error) from error
        raise GongkaiError(
            f"the work file {path} cannot be opened ({text.splitlines()[0]}); "
            "move it away and run gongkai run on your folders again"
        ) from error


def _not_writable(published: Path, error: Exception) -> GongkaiError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "no right to write"
    return GongkaiError(
        f"cannot write in the folder {published.parent} ({reason}); "
        "give this user the right to write there, or name another place with --warehouse"
    )
