"""Publishing: what analysts read, copied from the work file into a new file that takes the old one's place at once.

A reader that has the old file open keeps reading it, as the name alone moves; a publish that is cut short leaves the
old file as it was, and its leftovers are removed by the next one.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingest import __version__
from ingest.errors import GongkaiError
from ingest.warehouse import SETTINGS, work_path

EVIDENCE_TABLES = ("documents", "document_sources", "blocks", "table_cells", "rejects", "ingest_runs")
"""The raw tables that are published with the marts: evidence leads to their words."""

# What a build can see of raw: not when a file was last met, as that alone changes no table of marts.
_RAW_STATE = """
    select coalesce(sum(hash(state)), 0)::varchar || ':' || count(*)
    from (
        select 'document', document_id, content_version, source_file, archive_member from work.raw.documents
        union all
        select 'source', document_id, '', source_file, archive_member from work.raw.document_sources
        union all
        select 'reject', sha256, reason_code || detail, source_file, archive_member from work.raw.rejects
    ) as state
"""


def raw_fingerprint(published: Path) -> str:
    """A hash of what is landed in the work file, whatever the order of its rows and the time of the last look."""
    with duckdb.connect(config=SETTINGS) as connection:
        _attach(connection, work_path(published), "work", read_only=True)
        row = connection.execute(_RAW_STATE).fetchone()
    return str(row[0]) if row else ""


def published_fingerprint(published: Path) -> str | None:
    """The fingerprint of the build that the published file came from; None where there is none that can be read."""
    if not published.is_file():
        return None
    try:
        with duckdb.connect(config=SETTINGS) as connection:
            _attach(connection, published, "published", read_only=True)
            row = connection.execute("select fingerprint from published.raw.publication").fetchone()
    except duckdb.Error:
        return None
    return str(row[0]) if row else None


def remove_leftovers(published: Path) -> None:
    """Remove what killed publishes left behind. Only under the write lock, as nobody else publishes then."""
    for leftover in published.parent.glob(f"{_escape_glob(published.stem)}.publishing-*"):
        leftover.unlink(missing_ok=True)


def publish(published: Path, fingerprint: str) -> None:
    """Copy marts and evidence of the work file into a new file and rename it over `published`.

    The caller holds the write lock and has closed the work file. GongkaiError where the disk is full or cannot be
    written, or where the path is taken by something that is no file; the published file is then what it was.
    """
    if published.exists() and not published.is_file():
        raise GongkaiError(f"{published} is not a file; name another place with --warehouse")
    remove_leftovers(published)
    aside = published.with_name(f"{published.stem}.publishing-{os.getpid()}.duckdb")
    try:
        _copy(published, aside, fingerprint)
        _sync(aside)
        # A log that somebody's writing session left beside the old file must not be played into the new one.
        published.with_name(f"{published.name}.wal").unlink(missing_ok=True)
        aside.replace(published)
        _sync(published.parent)
    except (OSError, duckdb.Error) as error:
        raise GongkaiError(
            f"cannot publish {published} ({reason(error)}); the published file is as it was before: "
            "make room or give the right to write, then run gongkai build again"
        ) from error
    finally:
        remove_leftovers(published)


def reason(error: Exception) -> str:
    """The first line of an error of the operating system or DuckDB, without the kind of error before it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0].split("Error: ", 1)[-1]


def _copy(published: Path, aside: Path, fingerprint: str) -> None:
    with duckdb.connect(config=SETTINGS) as connection:
        _attach(connection, work_path(published), "work", read_only=True)
        _attach(connection, aside, "published", read_only=False)
        connection.execute("create schema published.marts")
        connection.execute("create schema published.raw")
        for name in _relations(connection, "marts"):
            _copy_table(connection, "marts", name, order=True)
        # The order of text means nothing, and keeping it costs memory.
        connection.execute("set preserve_insertion_order = false")
        for name in EVIDENCE_TABLES:
            _copy_table(connection, "raw", name, order=False)
        connection.execute(
            "create table published.raw.publication as "
            "select ?::varchar as fingerprint, ?::timestamp as published_at, ?::varchar as software_version",
            [fingerprint, datetime.now(UTC).replace(tzinfo=None), __version__],
        )
        connection.execute("comment on table published.raw.publication is 'One row: the build that made this file.'")
        connection.execute("checkpoint published")
        connection.execute("detach published")


def _relations(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'work' and schema_name = $schema "
        "union select view_name from duckdb_views() where database_name = 'work' and schema_name = $schema order by 1",
        {"schema": schema},
    ).fetchall()
    return [str(row[0]) for row in rows]


def _copy_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str, *, order: bool) -> None:
    """Copy a table, or what a view shows, with the comments on it and on its columns.

    `order`: by report and by the first columns, which hold the key. So one report's rows lie together, and an export
    can stream the table as it lies and still be the same every time.
    """
    relation = f"{_quote(schema)}.{_quote(name)}"
    columns = connection.execute(
        "select column_name from duckdb_columns() "
        "where database_name = 'work' and schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()
    names = [str(column) for (column,) in columns]
    keys = dict.fromkeys([*(column for column in names if column == "report_id"), *names[:2]])
    by = f"order by {', '.join(_quote(key) for key in keys)}" if order else ""
    connection.execute(f"create table published.{relation} as select * from work.{relation} {by}")  # noqa: S608 - quoted
    comment = connection.execute(
        "select comment from duckdb_tables() where database_name = 'work' and schema_name = $1 and table_name = $2 "
        "union all "
        "select comment from duckdb_views() where database_name = 'work' and schema_name = $1 and view_name = $2",
        [schema, name],
    ).fetchone()
    if comment and comment[0]:
        connection.execute(f"comment on table published.{relation} is {_literal(comment[0])}")
    columns = connection.execute(
        "select column_name, comment from duckdb_columns() "
        "where database_name = 'work' and schema_name = ? and table_name = ? and comment is not null",
        [schema, name],
    ).fetchall()
    for column, text in columns:
        connection.execute(f"comment on column published.{relation}.{_quote(column)} is {_literal(text)}")


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, alias: str, *, read_only: bool) -> None:
    options = " (read_only)" if read_only else ""
    connection.execute(f"attach {_literal(str(path))} as {alias}{options}")


def _sync(path: Path) -> None:
    """Have the disk hold what was written, so that a power cut after the rename cannot leave an empty file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _escape_glob(text: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in text)
