"""Reading by actors of a cluster, each of which holds a reading process in its sandbox."""

from __future__ import annotations

import platform
import tempfile
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from gongkai.cluster.machine import own_folder, require_same, what_runs_here
from gongkai.cluster.waiting import first_done
from ingest.errors import GongkaiError, RejectReason, in_a_line
from ingest.found import Found
from ingest.limits import Limits
from ingest.pool import FileDone, Pool
from ingest.results import Place, Rejected
from ingest.taking import Event, read_files

_FILES_AT_ONCE = 16
"""Files that an actor is handed at once, and that are read again where it is lost."""
_PARTS_AT_ONCE = 2
"""One lies ready at an actor while it reads the other."""
_TRIES = 3
"""So often a file may lose the actor that reads it, and an actor may fail to start."""
_SECONDS_TO_CLOSE = 10

Part = tuple[list[Found], int]
"""Files that are handed to an actor together, and how often they have lost one."""


@dataclass(frozen=True, slots=True)
class ReadOnRay:
    """Reading by so many actors: see `ingest.taking.Reading`. `same`: what every machine must run."""

    ray: Any
    same: str
    count: int

    def __call__(
        self, files: Iterable[Found], *, known: BinaryIO, limits: Limits, temp_folder: Path
    ) -> Generator[Event]:
        """GongkaiError where a machine runs something else, has not the files, or none can start an actor."""
        known.seek(0)
        actors = Actors(self.ray, self.same, self.count, limits, known.read())
        drawn = iter(files)
        again: deque[Part] = deque()
        reading: dict[Any, tuple[Any, Part]] = {}
        try:
            while True:
                while actors.free and (part := again.popleft() if again else _next_part(drawn)) is not None:
                    actor = actors.free.pop()
                    reading[actor.read.remote(part[0])] = (actor, part)
                if actors.free and not reading:
                    actors.close()
                    return
                done = first_done(self.ray, [*reading, *actors.starting])
                if done in actors.starting:
                    actors.started(done)
                    continue
                actor, part = reading.pop(done)
                try:
                    events = self.ray.get(done)
                except self.ray.exceptions.RayTaskError as error:
                    raise GongkaiError(f"on the cluster: {in_a_line(error.cause)}") from error
                except self.ray.exceptions.RayError:  # the actor was lost, or what it gave
                    actors.lose(actor)
                    yield from put_back(part, again)
                else:
                    actors.give_back(actor)
                    yield from events
        finally:
            actors.end()


class Actors:
    """The actors of a run. `free`: those that may be handed files, each as often as it may have one part more."""

    def __init__(self, ray: Any, same: str, count: int, limits: Limits, known: bytes) -> None:
        self._ray, self._same, self._count = ray, same, count
        self._given = limits, ray.put(known)
        self._there: list[Any] = []
        self._failed_starts = 0
        self.starting: dict[Any, Any] = {}
        self.free: list[Any] = []
        for _ in range(count):
            self._start()

    def _start(self) -> None:
        actor = self._ray.remote(num_cpus=1)(Reader).remote(*self._given)
        self._there.append(actor)
        self.starting[actor.machine.remote()] = actor

    def started(self, done: Any) -> None:
        """Take one in that has started, or begin another where it was lost before."""
        actor = self.starting.pop(done)
        try:
            node, runs = self._ray.get(done)
        except self._ray.exceptions.RayError as error:
            self._failed_starts += 1
            if self._failed_starts > _TRIES * self._count:
                raise GongkaiError(f"nobody on the cluster can read ({in_a_line(error)})") from error
            self.lose(actor)
            return
        require_same(self._same, runs, node)
        self._failed_starts = 0
        self.free += [actor] * _PARTS_AT_ONCE

    def lose(self, actor: Any) -> None:
        """Begin another in its place; told again, for another part that it had, that is done."""
        if actor in self._there:
            self._there.remove(actor)
            self._ray.kill(actor)
            self._start()
        self.free = [each for each in self.free if each != actor]

    def give_back(self, actor: Any) -> None:
        """It has dealt with a part."""
        if actor in self._there:
            self.free.append(actor)

    def close(self) -> None:
        """Let them put things in order; what does not answer soon is ended as it is."""
        closing = [actor.close.remote() for actor in dict.fromkeys(self.free)]
        self._ray.wait(closing, num_returns=len(closing), timeout=_SECONDS_TO_CLOSE)

    def end(self) -> None:
        for actor in self._there:
            self._ray.kill(actor)


def _next_part(files: Iterator[Found]) -> Part | None:
    part = list(islice(files, _FILES_AT_ONCE))
    return (part, 0) if part else None


def put_back(part: Part, again: deque[Part]) -> Iterator[Event]:
    """Have files whose actor was lost read again, each by itself, as one of them may be to blame; or reject the one."""
    files, lost = part
    if len(files) > 1 or lost + 1 < _TRIES:
        again.extend(([found], lost + 1) for found in files)
        return
    [found] = files
    detail = f"the worker that read it was lost {_TRIES} times"
    yield Rejected(Place(found.source_file), None, RejectReason.READER_DIED.value, detail)
    yield FileDone(found.source_file, found.path)


class Reader:
    """An actor: a reading process, kept from one part to the next."""

    def __init__(self, limits: Limits, known: bytes) -> None:
        self._limits = limits
        self._folder = own_folder()
        self._known = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the actor is there
        self._known.write(known)
        self._known.flush()
        self._pool = Pool(limits, self._known, 1, Path(self._folder.name))

    def machine(self) -> tuple[str, str]:
        """The name of this machine, and what it runs."""
        return platform.node(), what_runs_here()

    def read(self, files: list[Found]) -> list[Event]:
        """GongkaiError where this machine has not the folder of a file."""
        for found in files:
            folder = Path(found.path).parent
            if found.reason is None and not found.is_stored and not folder.is_dir():
                raise GongkaiError(
                    f"{platform.node()} has no {folder}; put the files where every machine of the cluster has them, or "
                    "into object storage (s3://bucket/folder)"
                )
        return list(read_files(self._pool, files, Path(self._folder.name), self._limits))

    def close(self) -> None:
        """End the reading process, and remove what lies aside."""
        self._pool.__exit__()
        self._known.close()
        self._folder.cleanup()
