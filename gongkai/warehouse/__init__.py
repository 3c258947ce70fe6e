"""The warehouse on disk: its files, who may write to them, and connections to them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from ingest.errors import UsageError

OWN_RULES = "GONGKAI_RULES"
"""The environment variable that names the folder of a user's own rules; what `--rules` sets."""

_ENDING = ".duckdb"
_WORK = ".work"


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A warehouse by the path of its published file: every other path follows from that one.

    profiles.yml finds the work file by the same rule (a test compares the two).
    """

    published: Path

    def __post_init__(self) -> None:
        """UsageError where the name is none for a published file."""
        if self.published.suffix != _ENDING:
            raise UsageError(f"--warehouse {self}: the warehouse is a file whose name ends in {_ENDING}")
        if self.published.stem.endswith(_WORK):
            raise UsageError(f"--warehouse {self}: that is the name of a work file; leave {_WORK} out of it")

    def __str__(self) -> str:
        return str(self.published)

    def absolute(self) -> Warehouse:
        """The same warehouse, wherever this process goes."""
        return Warehouse(self.published.absolute())

    @property
    def work(self) -> Path:
        """The private file that ingest and dbt write to."""
        return self.published.with_suffix(f"{_WORK}{_ENDING}")

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
    def rules(self) -> Path:
        """The folder of a user's own rules, which need not be there: as named, or beside the warehouse."""
        named = os.environ.get(OWN_RULES)
        return Path(named) if named else self.published.with_suffix(".rules")

    @property
    def spill_folder(self) -> Path:
        """What a build writes aside where it does not fit into memory."""
        return self.work.with_suffix(".spill")

    @property
    def shards_folder(self) -> Path:
        """Where shards are built; what a build that was stopped left in it goes on from there."""
        return self.work.with_suffix(".shards")

    @property
    def scratch_folder(self) -> Path:
        """Where dbt keeps what it has parsed, and its logs: beside the warehouse, so that no two builds share it."""
        return self.published.with_name(f"{self.published.stem}.dbt")

    @property
    def published_file(self) -> Path:
        """The file that the published path leads to: a link stays what it is when the file behind it is replaced."""
        return Path(os.path.realpath(self.published))

    @property
    def published_log(self) -> Path:
        """What DuckDB leaves beside the published file where somebody's writing session did not end well."""
        return self.published_file.with_name(f"{self.published_file.name}.wal")

    @property
    def next_published(self) -> Path:
        """The file that this process makes to take the place of the published one."""
        return self.published_file.with_name(f"{self.published_file.stem}.publishing-{os.getpid()}{_ENDING}")

    def left_by_killed_publishes(self) -> Iterator[Path]:
        """Files that were to take the place of the published one and never did, or are about to, with their logs."""
        file = self.published_file
        for path in file.parent.glob(f"{escape(file.stem)}.publishing-*"):
            if re.fullmatch(rf"\d+{re.escape(_ENDING)}(\.wal)?", path.name.removeprefix(f"{file.stem}.publishing-")):
                yield path

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
            self.rules,
            self.spill_folder,
            self.shards_folder,
            self.scratch_folder,
            *self.left_by_killed_publishes(),
        ]
