"""A run of ingest: files found, read, and landed in batches."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import duckdb

from ingest.documents import Landed, Place, Rejected, Result, Unchanged, read_file
from ingest.errors import GongkaiError
from ingest.files import check_paths, find_files
from ingest.landing import Landing
from ingest.limits import Limits
from ingest.manifest import Manifest
from ingest.warehouse import open_work, work_path


@dataclass(slots=True)
class Summary:
    """What a run did. `seen` counts files, the others documents (a file, or a member of an archive)."""

    seen: int = 0
    landed: int = 0
    unchanged: int = 0
    rejects: list[Rejected] = field(default_factory=list)
    rejected: int = 0
    seconds: float = 0.0

    def count(self, result: Result) -> None:
        """Take a result in; of the rejects only the first thousand are kept for printing."""
        if isinstance(result, Landed):
            self.landed += 1
        elif isinstance(result, Unchanged):
            self.unchanged += 1
        else:
            self.rejected += 1
            if len(self.rejects) < 1_000:
                self.rejects.append(result)

    def reasons(self) -> Counter[str]:
        """How many of the kept rejects each reason has."""
        return Counter(reject.reason_code for reject in self.rejects)


def ingest_paths(
    paths: list[Path],
    published: Path,
    *,
    limits: Limits,
    manifest: Manifest | None = None,
    arguments: list[str] | None = None,
    on_progress: Callable[[Summary], None] = lambda summary: None,
) -> Summary:
    """Land everything below `paths` in the work file of the warehouse `published`.

    GongkaiError where nothing can be read or written; what cannot be read of the files is in the summary's rejects.
    """
    check_paths(paths)
    begun = time.monotonic()
    summary = Summary()
    with open_work(published) as connection:
        started_at = _start(connection)
        run_id = uuid4().hex
        connection.execute(
            "insert into raw.ingest_runs by name select $id as run_id, $at as started_at, $args as arguments, "
            "$version as software_version",
            {
                "id": run_id,
                "at": started_at,
                "args": json.dumps(arguments or [], ensure_ascii=False),
                "version": version("gongkai-warehouse"),
            },
        )
        known = dict.fromkeys(
            connection.sql("select document_id, reader, reader_version from raw.documents").fetchall()
        )
        landing = Landing(connection, started_at, manifest)
        for found in find_files(paths, leave_out=[published, work_path(published)]):
            summary.seen += 1
            results: Iterable[Result]
            if found.reason is not None:
                results = [Rejected(Place(found.source_file), None, found.reason.value, found.detail)]
            else:
                results = read_file(found.path, found.source_file, limits, lambda *key: key in known)
            for result in results:
                summary.count(result)
                landing.add(result)
            landing.file_done(found.source_file)
            on_progress(summary)
        landing.flush()
        summary.seconds = time.monotonic() - begun
        _finish(connection, run_id, summary)
    if not summary.seen:
        raise GongkaiError(f"{', '.join(str(path) for path in paths)}: nothing to read, there is no file in it")
    return summary


def _start(connection: duckdb.DuckDBPyConnection) -> datetime:
    """The time of this run (UTC), later than that of every run before even where the clock was set back."""
    row = connection.execute("select max(started_at) from raw.ingest_runs").fetchone()
    now = datetime.now(UTC).replace(tzinfo=None)
    last = row[0] if row else None
    return max(now, last + timedelta(microseconds=1)) if last is not None else now


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
            duration_seconds = $seconds
        where run_id = $id
        """,
        {
            "microseconds": int(summary.seconds * 1_000_000),
            "seen": summary.seen,
            "landed": summary.landed,
            "unchanged": summary.unchanged,
            "rejected": summary.rejected,
            "seconds": round(summary.seconds, 3),
            "id": run_id,
        },
    )
