"""The reading processes of a run: started, fed, watched, and ended when one is stuck or has died."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO, Self

from ingest.errors import GongkaiError, RejectReason
from ingest.limits import Limits
from ingest.messages import Begun, Done, Message, Ready, Started, Task, receive_message, send_task
from ingest.results import Place, Rejected, Taken, Unchanged
from ingest.shipped import python_path
from ingest.worker import HELD_SECONDS, OUT_OF_MEMORY, as_argument

_QUEUED = 3
_MOST_TOGETHER = 32
"""So many documents a process sends at once, which has more than that to do when they go: it need not wait."""
_SECONDS_TO_START = 60.0
_OWED_TO_MEMORY = {RejectReason.MEMORY.value, RejectReason.READER_DIED.value}


@dataclass(frozen=True, slots=True)
class FileDone:
    """All results of a file were given."""

    source_file: str
    path: str
    """Where it was read."""


@dataclass(slots=True)
class _Worker:
    """One reading process: its tasks, the first of which it may be done with, untold, and where in the first it is."""

    process: subprocess.Popen[bytes]
    connection: Connection
    begun: Begun
    deadline: float
    is_ready: bool = False
    tasks: deque[Task] = field(default_factory=deque)
    together: int = 1
    """So many documents it is to send at once: what it lately read in half the time that they may wait."""
    told_at: float = 0.0
    files_done: int = 0
    place: Place | None = None
    members_started: int = 0
    documents_started: int = 0

    @property
    def has_room(self) -> bool:
        """Whether it may be handed another task: twice what it sends at once."""
        return len(self.tasks) < max(_QUEUED, 2 * self.together)

    def begin(self) -> None:
        """Nothing is told of its first task yet."""
        task = self.tasks[0]
        self.place, self.members_started = Place(task.source_file), task.skip
        self.documents_started += 1

    def at_work(self) -> tuple[int, Place | None]:
        """Which of its tasks it was at, and where in that; what is before it was read, but not told."""
        number = min(max(self.begun.count - self.files_done - 1, 0), len(self.tasks) - 1)
        return number, Place(self.tasks[number].source_file) if number > 0 else self.place


class Pool:
    """A fixed number of reading processes. Use in `with`; leaving it ends them all."""

    def __init__(
        self, limits: Limits, known: BinaryIO, size: int, temp_folder: Path, originals: Path | None = None
    ) -> None:
        self._limits = limits
        self._known = known
        self._size = size
        self._temp_folder = temp_folder
        self._originals = originals
        self._workers: list[_Worker] = []
        self._waiting = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            _end(worker)
        self._workers.clear()
        self._waiting.close()

    def read(self, tasks: Iterable[Task]) -> Iterator[Taken | FileDone]:
        """What comes of all tasks as it comes in; tasks are drawn only as fast as they are read."""
        if not self._workers:
            self._start()  # as it takes a while, in which the first task is looked for
        waiting = iter(tasks)
        again: deque[Task] = deque()
        while True:
            while (task := again.popleft() if again else next(waiting, None)) is not None:
                worker = self._start() if task.alone else self._next_worker()
                if worker is None:
                    again.appendleft(task)
                    break
                self._give(worker, task)
            if not any(worker.tasks for worker in self._workers):
                return
            yield from self._events(again)

    def _next_worker(self) -> _Worker | None:
        """The worker with the fewest tasks, a new one before any waits for its second; None where all have enough."""
        if len(self._workers) < self._size and all(worker.tasks for worker in self._workers):
            self._start()
        worker = min(self._workers, key=lambda worker: len(worker.tasks))
        return worker if worker.has_room else None

    def _give(self, worker: _Worker, task: Task) -> None:
        worker.tasks.append(task)
        if len(worker.tasks) == 1:
            worker.begin()
            worker.told_at = time.monotonic()
            if worker.is_ready:
                worker.deadline = self._next_deadline()
        try:
            send_task(worker.connection, task, worker.together)
        except (BrokenPipeError, ConnectionResetError):
            return  # it has died, which the next look at its connection tells

    def _next_deadline(self) -> float:
        """When a process is over its time that tells something now: it may begin others before it tells of more."""
        return time.monotonic() + HELD_SECONDS + self._limits.wall_seconds

    def _events(self, again: deque[Task]) -> Iterator[Taken | FileDone]:
        """Wait for messages and deal with those, and with the processes that are over their time."""
        soonest = min(worker.deadline for worker in self._workers if worker.tasks or not worker.is_ready)
        for key, _ in self._waiting.select(timeout=max(0.0, soonest - time.monotonic())):
            worker: _Worker = key.data
            try:
                message = receive_message(worker.connection)
            except (EOFError, OSError):
                yield from self._replace(worker, again, None)
                continue
            yield from self._take(worker, message, again)
        now = time.monotonic()
        for worker in self._workers[:]:
            if (worker.tasks or not worker.is_ready) and worker.deadline < now and not worker.connection.poll():
                detail = f"not read within {self._limits.wall_seconds} seconds by the clock (limit wall_seconds)"
                yield from self._replace(worker, again, (RejectReason.TIMEOUT, detail))

    def _take(self, worker: _Worker, message: Message, again: deque[Task]) -> Iterator[Taken | FileDone]:
        worker.deadline = self._next_deadline()
        match message:
            case Ready():
                worker.is_ready, worker.told_at = True, time.monotonic()
            case Started(place):
                worker.place = place
                worker.members_started += 1
                worker.documents_started += 1
            case Done():
                yield from self._take_done(worker, message, again)
            case Rejected() if self._is_for_another_try(worker, message):
                self._queue_again(worker, again)
            case _:
                worker.place = None
                yield message

    def _take_done(self, worker: _Worker, done: Done, again: deque[Task]) -> Iterator[Taken | FileDone]:
        if done.landed is not None:
            yield done.landed
        now = time.monotonic()
        each = (now - worker.told_at) / max(done.files, 1)
        worker.together = int(min(max(HELD_SECONDS / 2 / max(each, 1e-6), 1), _MOST_TOGETHER))
        worker.told_at = now
        for number in range(min(done.files, len(worker.tasks)), 0, -1):
            if number == 1 and done.last is not None:
                if self._is_for_another_try(worker, done.last):
                    self._queue_again(worker, again)
                    return
                yield done.last
            task = worker.tasks.popleft()
            worker.files_done += 1
            yield FileDone(task.source_file, task.path)
            worker.place = None
            if worker.tasks:
                worker.begin()
        if done.leaving:
            again.extendleft(reversed(worker.tasks))
            self._leave(worker)

    def _replace(
        self, worker: _Worker, again: deque[Task], reason: tuple[RejectReason, str] | None
    ) -> Iterator[Taken | FileDone]:
        """End a process, reject the document that it was at, and take its other tasks back."""
        self._leave(worker)
        if not worker.is_ready:
            raise GongkaiError(
                f"a reading process did not start (exit status {worker.process.returncode}); "
                "run gongkai doctor, or raise --limit memory_bytes"
            )
        code, detail = reason or _death(worker.process.returncode, self._limits)
        if not worker.tasks:
            return
        if code.value in _OWED_TO_MEMORY and self._is_worth_another_try(worker):
            self._put_back(worker, again)
            return
        number, place = worker.at_work()
        task = worker.tasks[number]
        again.extendleft(reversed(_but(worker.tasks, number)))
        yield Rejected(place or Place(task.source_file), None, code.value, detail)
        if place is not None and place.archive_member:
            again.appendleft(Task(task.path, task.source_file, skip=worker.members_started))
        else:
            yield FileDone(task.source_file, task.path)

    def _is_worth_another_try(self, worker: _Worker) -> bool:
        """Whether the process had read other documents before the one that it failed at."""
        number, place = worker.at_work()
        return place is not None and worker.documents_started + number > 1

    def _is_for_another_try(self, worker: _Worker, result: Unchanged | Rejected) -> bool:
        """Whether a document was rejected for want of memory that others may have taken before."""
        is_owed_to_memory = isinstance(result, Rejected) and result.reason_code in _OWED_TO_MEMORY
        return is_owed_to_memory and self._is_worth_another_try(worker)

    def _queue_again(self, worker: _Worker, again: deque[Task]) -> None:
        """End a process, for a new one to begin at the document that it was at."""
        self._leave(worker)
        self._put_back(worker, again)

    def _leave(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._waiting.unregister(worker.connection)
        _end(worker)

    def _put_back(self, worker: _Worker, again: deque[Task]) -> None:
        """Put back the tasks of a process that has ended, for a new process to begin at the document that it was at."""
        number, place = worker.at_work()
        task = worker.tasks[number]
        again.extendleft(reversed(_but(worker.tasks, number)))
        in_archive = place is not None and bool(place.archive_member)
        skip = worker.members_started - 1 if in_archive else 0
        again.appendleft(Task(task.path, task.source_file, skip, alone=True))

    def _start(self) -> _Worker:
        ours, theirs = Pipe()
        command = [sys.executable, "-P", "-m", "ingest.worker"]
        keeping = [] if self._originals is None else [str(self._originals)]
        with theirs, tempfile.TemporaryFile() as shared:
            shared.write(bytes(Begun.SIZE))  # written, not only made so long: a full disk is told here
            shared.flush()
            begun = Begun(shared.fileno())
            given = (theirs.fileno(), self._known.fileno(), shared.fileno())
            process = subprocess.Popen(  # noqa: S603 - our own module, arguments of our own
                [*command, *map(str, given), str(os.getpid()), as_argument(self._limits), *keeping],
                pass_fds=given,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": python_path(), "TMPDIR": str(self._temp_folder)},
                start_new_session=True,
            )
        deadline = time.monotonic() + max(_SECONDS_TO_START, self._limits.wall_seconds)
        worker = _Worker(process, ours, begun, deadline)
        self._workers.append(worker)
        self._waiting.register(ours, selectors.EVENT_READ, worker)
        return worker


def _but(tasks: Iterable[Task], number: int) -> list[Task]:
    """The tasks without one of them."""
    return [task for other, task in enumerate(tasks) if other != number]


def _end(worker: _Worker) -> None:
    """End a process and everything that it started; they are a process group of their own."""
    with suppress(ProcessLookupError):  # where it has ended already
        os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    worker.connection.close()


def _death(status: int, limits: Limits) -> tuple[RejectReason, str]:
    if status == -signal.SIGPROF:
        return RejectReason.TIMEOUT, f"not read within {limits.seconds} seconds of CPU time"
    if status == -signal.SIGKILL:
        # we have not sent it, so the system did, which it does for one reason
        return RejectReason.MEMORY, "the system ended the reading process for want of memory"
    if status == OUT_OF_MEMORY:
        return RejectReason.MEMORY, "the document takes more memory than the limit"
    how = f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
    return RejectReason.READER_DIED, f"the reading process ended {how}"
