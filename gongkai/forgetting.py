"""Forgetting: a person takes reports or files back, by the names that people know them under."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work
from ingest import withdrawing
from ingest.errors import GongkaiError, UsageError

_SHOWN_MATCHES = 5


@dataclass(slots=True)
class Target:
    """What a name stands for: places of files (source_file, archive_member), or the documents of a report."""

    places: list[tuple[str, str]] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    """What is shown of it."""


def forget(warehouse: Warehouse, names: list[str], *, undo: bool) -> Target:
    """Take back what the names stand for, or (`undo`) have it again; all of them or, where one is unknown, none.

    UsageError for a name under which nothing is known; GongkaiError where there is no warehouse yet.
    """
    if not (warehouse.work.exists() or warehouse.published.exists()):
        raise GongkaiError(f"there is no warehouse at {warehouse} yet; make it with: gongkai run FOLDER")
    with open_work(warehouse) as connection:
        found = Target()
        for name in names:
            target = _places(connection, name) or _report(connection, name)
            found.places += target.places
            found.documents += target.documents
            found.files += target.files
        connection.begin()
        if undo:
            withdrawing.recall(connection, places=found.places, documents=found.documents)
        else:
            now = datetime.now(UTC).replace(tzinfo=None)
            withdrawing.forget(connection, now, places=found.places, documents=found.documents)
        connection.commit()
    return found


def _places(connection: duckdb.DuckDBPyConnection, name: str) -> Target | None:
    """A file or folder as raw names it (a member of an archive behind an exclamation mark), or by its path on disk.

    None where nothing was met there.
    """
    path = os.path.realpath(name)
    roots = connection.execute("select distinct unnest(paths) from raw.ingest_runs").fetchall()
    names = {name.replace("\\", "/").removeprefix("./").rstrip("/")}
    for (root,) in roots:
        folder = root if Path(root).is_dir() else str(Path(root).parent)
        if path.startswith(f"{folder.rstrip('/')}/"):
            names.add(path.removeprefix(folder).lstrip("/"))
    rows = connection.execute(
        """
        with given as (
            select unnest($names) as name
        )

        select distinct known.source_file, known.archive_member
        from raw.document_sources as known
        inner join given
            on given.name = known.source_file
            or given.name = known.source_file || '!' || known.archive_member
            or starts_with(known.source_file, given.name || '/')
        order by all
        """,
        {"names": sorted(names)},
    ).fetchall()
    if not rows:
        return None
    return Target(places=rows, files=[f"{file}!{member}" if member else file for file, member in rows])


def _report(connection: duckdb.DuckDBPyConnection, name: str) -> Target:
    """A report by its id or the beginning of it, in every document of its version."""
    try:
        rows = connection.execute(
            """
            with named as (
                select coalesce(same_as_report_id, report_id) as report_id
                from marts.dim_report
                where starts_with(report_id, $name)
            )

            select coalesce(same_as_report_id, report_id) as version_id, document_id, source_file
            from marts.dim_report
            where version_id in (select report_id from named)
            order by all
            """,
            {"name": name},
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):  # nothing is built yet, or by an older version
        rows = []
    reports = sorted({report for report, _, _ in rows})
    if not reports:
        raise UsageError(
            f"no file and no report is called {name}; give a source_file or report_id as marts.dim_report has it"
        )
    if len(reports) > 1:
        more = f" and {len(reports) - _SHOWN_MATCHES} more" if len(reports) > _SHOWN_MATCHES else ""
        raise UsageError(
            f"{name} begins {len(reports)} ids: {', '.join(reports[:_SHOWN_MATCHES])}{more}; give one whole"
        )
    return Target(documents=[document for _, document, _ in rows], files=[file for _, _, file in rows])
