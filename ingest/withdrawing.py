"""What is no longer there, and what a person takes back: it stays in raw, marked, and no report of it is current."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import duckdb
import pyarrow as pa

Places = Collection[tuple[str, str]]
"""Places as raw has them: source_file and archive_member (empty where none)."""

Documents = Collection[str]
"""Documents by their ids."""


def withdraw_missing(connection: duckdb.DuckDBPyConnection, started_at: datetime, paths: list[str]) -> int:
    """Mark what earlier runs over these paths met and the run begun at `started_at` did not; gives how many places.

    Nobody knows of what stands in a folder or an archive that could not be read this time: it is left as it is. So is
    what a run over other paths met, unless it was given single files of these folders.
    """
    row = connection.execute(
        """
        with earlier_runs as (
            select
                started_at,
                paths,
                list_transform(paths, lambda path: parse_dirpath(path)) as folders,
                list_transform(paths, lambda path: parse_filename(path)) as names,
            from raw.ingest_runs
            where started_at < $started_at
        ),

        met_here as (
            select sources.rowid as source_row
            from raw.document_sources as sources
            inner join earlier_runs on sources.last_seen_at = earlier_runs.started_at
            where list_has_all($paths, earlier_runs.paths)
                or (
                    list_has_all($paths, earlier_runs.folders)
                    and list_contains(earlier_runs.names, sources.source_file)
                )
        ),

        unread as (
            select source_file, archive_member
            from raw.rejects
            where seen_at = $started_at
        )

        update raw.document_sources as known
        set withdrawn_at = $started_at, withdrawn_by = 'mirror'
        where withdrawn_at is null
            and rowid in (select source_row from met_here)
            and not exists (
                select 1
                from unread
                where unread.source_file = '.'
                    or starts_with(known.source_file, unread.source_file || '/')
                    or (
                        known.source_file = unread.source_file
                        and starts_with(known.archive_member, unread.archive_member)
                    )
            )
        """,
        {"started_at": started_at, "paths": paths},
    ).fetchone()
    return int(row[0]) if row else 0


def forget(connection: duckdb.DuckDBPyConnection, at: datetime, *, places: Places, documents: Documents) -> None:
    """Take back what stands at places, and documents wherever they stand, also where they come to stand later."""
    with _given(connection, places, documents):
        connection.execute(
            """
            update raw.document_sources as known
            set withdrawn_at = $at, withdrawn_by = 'forget'
            from given_places as given
            where known.source_file = given.source_file
                and known.archive_member = given.archive_member
            """,
            {"at": at},
        )
        connection.execute(
            """
            update raw.documents
            set forgotten_at = $at
            where document_id in (select document_id from given_documents)
            """,
            {"at": at},
        )


def recall(connection: duckdb.DuckDBPyConnection, *, places: Places, documents: Documents) -> None:
    """Undo `forget`, by whichever of the two names; what a mirrored folder no longer holds stays withdrawn."""
    with _given(connection, places, documents):
        connection.execute(
            """
            create or replace temp table recalled as
            select document_id, source_file, archive_member
            from raw.document_sources
            where document_id in (select document_id from given_documents)
                or row(source_file, archive_member) in (select row(source_file, archive_member) from given_places)
            """
        )
    connection.execute(
        """
        update raw.document_sources as known
        set withdrawn_at = null, withdrawn_by = null
        from recalled
        where known.document_id = recalled.document_id
            and known.source_file = recalled.source_file
            and known.archive_member = recalled.archive_member
            and known.withdrawn_by = 'forget'
        """
    )
    connection.execute(
        "update raw.documents set forgotten_at = null where document_id in (select document_id from recalled)"
    )


@contextmanager
def _given(connection: duckdb.DuckDBPyConnection, places: Places, documents: Documents) -> Iterator[None]:
    """Places and documents as tables that the statements of the block can name."""
    tables = {
        "given_places": pa.table(
            {"source_file": pa.array([file for file, _ in places], pa.string()),
             "archive_member": pa.array([member for _, member in places], pa.string())}
        ),
        "given_documents": pa.table({"document_id": pa.array(list(documents), pa.string())}),
    }  # fmt: skip
    for name, table in tables.items():
        connection.register(name, table)
    yield
    for name in tables:
        connection.unregister(name)
