"""A run of ingest: files found, read by processes of their own, and landed in batches."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import duckdb

from ingest.errors import GongkaiError
from ingest.find import find_files, storable_name
from ingest.found import Found
from ingest.known import write_known
from ingest.known_files import KnownFiles
from ingest.landing import Landing
from ingest.limits import Limits
from ingest.manifest import Manifest
from ingest.pool import FileDone
from ingest.results import LandedTogether, Place, Rejected, Taken, Unchanged
from ingest.storage import Source, Stored
from ingest.taking import Event, Reading
from ingest.withdrawing import withdraw_missing
from ingest.words import check_words

_KEPT_REJECTS = 1_000
_DUCKDB_MEMORY = "512MB"
"""What the database may hold in memory while it lands batches; the folder may be of any size."""


@dataclass(slots=True)
class Summary:
    """What a run did. `seen` and `done` count files, the others documents (a file, or a member of an archive)."""

    seen: int = 0
    done: int = 0
    landed: int = 0
    unchanged: int = 0
    rejected: int = 0
    withdrawn: int = 0
    """Places of earlier runs where nothing is any more; counted by a run that mirrors its folders."""
    rejects: list[Rejected] = field(default_factory=list)
    """The first thousand, for printing; all of them are in raw.rejects."""
    manifest_rows_not_met: list[str] = field(default_factory=list)
    """Paths in the manifest under which no document was met."""
    seconds: float = 0.0

    def count(self, taken: Taken) -> None:
        """Take in what was read."""
        if isinstance(taken, LandedTogether):
            self.landed += len(taken.documents)
        elif isinstance(taken, Unchanged):
            self.unchanged += 1
        else:
            self.rejected += 1
            if len(self.rejects) < _KEPT_REJECTS:
                self.rejects.append(taken)


def ingest_paths(
    paths: list[Source],
    connection: duckdb.DuckDBPyConnection,
    *,
    temp_folder: Path,
    leave_out: Iterable[Source] = (),
    limits: Limits,
    manifest: Manifest | None = None,
    mirror: bool = False,
    reading: Reading,
    read_all: bool = False,
    arguments: list[str] | None = None,
    on_progress: Callable[[Summary], None] = lambda summary: None,
) -> Summary:
    """Land everything below `paths`, but what is in `leave_out`, in the raw tables that `connection` leads to.

    Readers and database write aside in `temp_folder`. `mirror`: what earlier runs met below these paths and this one,
    at its end, did not is withdrawn. `reading`: who reads, what lies there as it did only with `read_all`. GongkaiError
    where there is nothing to read, the disk takes no more, or a row of the words of pages is broken; what cannot be
    read of the files is in the summary's rejects.
    """
    check_words()
    begun = time.monotonic()
    connection.execute("set memory_limit = $limit", {"limit": _DUCKDB_MEMORY})
    connection.execute("set temp_directory = $folder", {"folder": str(temp_folder / "duckdb")})
    started_at = _next_start(connection)
    roots = sorted({_root(path) for path in paths})
    run_id = _begin(connection, started_at, arguments or [], roots)
    landing = Landing(connection, started_at, manifest)
    summary = Summary()

    def take(event: Event) -> None:
        _take(event, landing, summary)
        on_progress(summary)

    def files() -> Iterator[Found]:
        """Those that must be read to tell what they are; what is said of the others is taken here."""
        with nullcontext() if read_all else KnownFiles(connection, limits) as known_files:
            for found in find_files(paths, leave_out):
                summary.seen += 1
                document_id = None if known_files is None else known_files.document_of(found)
                if document_id is None:
                    yield found
                else:
                    take(Unchanged(Place(found.source_file), document_id))
                    take(FileDone(found.source_file, found.path))

    with (
        write_known(_documents(connection)) as known,
        closing(reading(files(), known=known, limits=limits, temp_folder=temp_folder)) as events,
    ):
        try:
            for event in events:
                take(event)
        finally:
            landing.flush()
    if mirror and summary.seen:  # a folder with nothing in it is rather a disk that is not there
        summary.withdrawn = withdraw_missing(connection, started_at, roots)
    summary.manifest_rows_not_met = landing.manifest_rows_not_met()
    summary.seconds = time.monotonic() - begun
    _finish(connection, run_id, summary)
    if not summary.seen:
        raise GongkaiError(f"{', '.join(str(path) for path in paths)}: nothing to read, there is no file in it")
    return summary


def _root(path: Source) -> str:
    """What raw knows a folder or file by that was given."""
    return str(path) if isinstance(path, Stored) else storable_name(os.path.realpath(path))


def _take(event: Event, landing: Landing, summary: Summary) -> None:
    if isinstance(event, FileDone):
        summary.done += 1
        landing.file_done(event.source_file)
    else:
        for each in landing.add(event):
            summary.count(each)


def _documents(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str]]:
    """What raw holds: document_id, reader and reader_version, in the order of document_id."""
    rows = connection.execute("select document_id, reader, reader_version from raw.documents order by document_id")
    while chunk := rows.fetchmany(10_000):
        yield from chunk


def _next_start(connection: duckdb.DuckDBPyConnection) -> datetime:
    """The time of this run (UTC), later than that of every run before even where the clock was set back."""
    row = connection.execute("select max(started_at) from raw.ingest_runs").fetchone()
    now = datetime.now(UTC).replace(tzinfo=None)
    last = row[0] if row else None
    return max(now, last + timedelta(microseconds=1)) if last is not None else now


def _begin(connection: duckdb.DuckDBPyConnection, started_at: datetime, arguments: list[str], paths: list[str]) -> str:
    """Note the run; its row has no end as long as it is at work, and for ever where it was stopped."""
    run_id = uuid4().hex
    connection.execute(
        """
        insert into raw.ingest_runs by name
        select
            $run_id as run_id,
            $started_at as started_at,
            $arguments as arguments,
            $software_version as software_version,
            $paths as paths,
        """,
        {
            "run_id": run_id,
            "started_at": started_at,
            "arguments": json.dumps(arguments, ensure_ascii=True),
            "software_version": version("gongkai-warehouse"),
            "paths": paths,
        },
    )
    return run_id


def _finish(connection: duckdb.DuckDBPyConnection, run_id: str, summary: Summary) -> None:
    connection.execute(
        """
        update raw.ingest_runs
        set
            finished_at = started_at + to_microseconds($microseconds),
            seen_count = $seen,
            landed_count = $landed,
            unchanged_count = $unchanged,
            rejected_count = $rejected,
            withdrawn_count = $withdrawn,
            duration_seconds = $seconds
        where run_id = $run_id
        """,
        {
            "run_id": run_id,
            "microseconds": int(summary.seconds * 1_000_000),
            "seconds": round(summary.seconds, 3),
            "seen": summary.seen,
            "landed": summary.landed,
            "unchanged": summary.unchanged,
            "rejected": summary.rejected,
            "withdrawn": summary.withdrawn,
        },
    )
