"""The warehouse on disk: its files, who may write to them, and connections to them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from ingest.errors import UsageError

_ENDING = ".duckdb"


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A warehouse by the path of its published file: every other path follows from that one.

    profiles.yml finds the work file by the same rule (a test compares the two).
    """

    published: Path

    def __str__(self) -> str:
        return str(self.published)

    def absolute(self) -> Warehouse:
        """The same warehouse, wherever this process goes."""
        return Warehouse(self.published.absolute())

    @property
    def work(self) -> Path:
        """The private file that ingest and dbt write to. UsageError where the published file has another ending."""
        if self.published.suffix != _ENDING:
            raise UsageError(f"--warehouse {self}: the warehouse is a file whose name ends in {_ENDING}")
        return self.published.with_suffix(f".work{_ENDING}")

    @property
    def unfinished_work(self) -> Path:
        """The work file while it is being made."""
        return self.work.with_suffix(".new")

    @property
    def lock(self) -> Path:
        """The file whose lock is the right to write the work file."""
        return self.work.with_suffix(".lock")

    @property
    def temp_folder(self) -> Path:
        """What readers and database write aside while files are read."""
        return self.work.with_suffix(".tmp")

    @property
    def originals(self) -> Path:
        """The folder of the files that were read, where they are kept: each by its content."""
        return self.published.with_suffix(".originals")

    @property
    def scratch_folder(self) -> Path:
        """Where dbt keeps what it has parsed, and its logs: beside the warehouse, so that no two builds share it."""
        return self.published.with_name(f"{self.published.stem}.dbt")

    @property
    def published_log(self) -> Path:
        """What DuckDB leaves beside the published file where somebody's writing session did not end well."""
        return self.published.with_name(f"{self.published.name}.wal")

    @property
    def next_published(self) -> Path:
        """The file that this process makes to take the place of the published one."""
        return self.published.with_name(f"{self.published.stem}.publishing-{os.getpid()}{_ENDING}")

    def left_by_killed_publishes(self) -> Iterator[Path]:
        """Files that were to take the place of the published one and never did, or are about to."""
        return self.published.parent.glob(f"{escape(self.published.stem)}.publishing-*")

    def own_files(self) -> list[Path]:
        """All of them, which are no reports where they stand in a folder that is read."""
        return [
            self.published,
            self.published_log,
            self.work,
            self.work.with_name(f"{self.work.name}.wal"),
            self.unfinished_work,
            self.lock,
            self.temp_folder,
            self.originals,
            self.scratch_folder,
            *self.left_by_killed_publishes(),
        ]
