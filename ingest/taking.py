"""Files on their way to the reading processes, and what comes back of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from ingest.cores import cores
from ingest.found import Found
from ingest.limits import Limits
from ingest.messages import Task
from ingest.pool import FileDone, Pool
from ingest.results import Place, Rejected, Taken
from ingest.storage import fetched

Event = Taken | FileDone


class Reading(Protocol):
    """Who reads: gives what comes of files, in any order; they are drawn only as fast as they are read.

    `known`: the documents that raw holds, as `ingest.known` has them. `temp_folder`: where copies and the like may lie.
    """

    def __call__(
        self, files: Iterable[Found], *, known: BinaryIO, limits: Limits, temp_folder: Path
    ) -> Generator[Event]: ...


@dataclass(frozen=True, slots=True)
class ReadHere:
    """Reading by processes of this machine, one a core or so many; what is read is kept in `originals`, if given."""

    workers: int | None = None
    originals: Path | None = None

    def __call__(
        self, files: Iterable[Found], *, known: BinaryIO, limits: Limits, temp_folder: Path
    ) -> Generator[Event]:
        with Pool(limits, known, self.workers or cores(), temp_folder, self.originals) as pool:
            yield from read_files(pool, files, temp_folder, limits)


def read_files(pool: Pool, files: Iterable[Found], temp_folder: Path, limits: Limits) -> Iterator[Event]:
    """What a pool reads of files, wherever they lie, and what is not read of them, with the reason."""
    not_read: deque[Event] = deque()
    copies: set[str] = set()

    def tasks() -> Iterator[Task]:
        for found in fetched(files, temp_folder, limits):
            if found.reason is not None:
                not_read.append(Rejected(Place(found.source_file), None, found.reason.value, found.detail))
                not_read.append(FileDone(found.source_file, found.path))
                continue
            if found.is_stored:
                copies.add(found.path)
            yield Task(found.path, found.source_file)

    for event in pool.read(tasks()):
        if isinstance(event, FileDone) and event.path in copies:
            copies.discard(event.path)
            Path(event.path).unlink()
        yield from _all_of(not_read)
        yield event
    yield from _all_of(not_read)


def _all_of(waiting: deque[Event]) -> Iterator[Event]:
    while waiting:
        yield waiting.popleft()
