"""Where the files of a warehouse are, worked out from the path of the published one."""

from __future__ import annotations

from glob import escape
from pathlib import Path

from ingest.errors import UsageError


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
