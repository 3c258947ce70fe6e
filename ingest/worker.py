"""A reading process: takes files from the run, reads them within the limits, and sends back what is in them.

Started as `python -m ingest.worker FD KNOWN_FD BEGUN_FD PARENT LIMITS [ORIGINALS]` by `ingest.pool`.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import fields, replace
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.documents.arrow import DocumentTables
from ingest.known import Known
from ingest.lean import without_pandas
from ingest.limits import MIB, Limits
from ingest.messages import Begun, Done, Ready, Started, Task, receive_task, send_message
from ingest.originals import Originals
from ingest.reading import read_file
from ingest.results import Landed, LandedTogether, Place, Result
from ingest.sandbox import cut_network, data_bytes, die_with_parent, limit_cpu, limit_memory

OUT_OF_MEMORY = 77
"""Exit status of a process that met the limit of memory where it could not go on."""

_RECURSION = 5_000
_KEPT_SHARE = 0.6
"""Of its memory, what a process may hold between two files without being ended for a new one. With the models of OCR it
holds half: to load them anew for each scan took 2.3 s of CPU. Who finds too little left is read again by a new one."""
HELD_SECONDS = 0.2
"""So long after this process told something last it begins another document without telling of those that it holds."""
_HELD_BYTES = MIB


def main() -> None:
    """Serve tasks until the run closes the connection, or until memory of this process should be given back."""
    descriptor, known_descriptor, begun_descriptor, parent = (int(argument) for argument in sys.argv[1:5])
    limits = Limits(**json.loads(sys.argv[5]))
    originals = Originals(Path(sys.argv[6])) if len(sys.argv) > 6 else None
    die_with_parent(parent)
    cut_network()
    without_pandas()
    sys.setrecursionlimit(_RECURSION)
    connection = Connection(descriptor)
    known, begun, held = Known(known_descriptor), Begun(begun_descriptor), Held(connection)
    send_message(connection, Ready())
    most_between = data_bytes() + int(_KEPT_SHARE * limits.memory_bytes)
    limit_memory(limits.memory_bytes)
    try:
        while True:
            if not connection.poll():
                held.send()
            task, together = receive_task(connection)
            begun.one_more()
            result = _serve(held, task, limits, known, originals)
            leaving = data_bytes() > most_between
            if not isinstance(result, Landed):
                held.send(Done(1, leaving, result))
            else:
                held.add(result)
                if leaving or held.is_full(together):
                    held.send(Done(0, leaving))
            if leaving:
                return
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


class Held:
    """Documents, each a whole file, that were read and wait to be sent together: to take in each by itself would cost
    the run a third of what it takes to read them. They go before anything else is said, and before this process waits.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._documents: dict[str, Landed] = {}
        self._nbytes = 0
        self._told_at = 0.0

    def add(self, landed: Landed) -> None:
        """Take one in."""
        if landed.document_id in self._documents:  # the same bytes under another name
            self.send()
        self._documents[landed.document_id] = landed
        self._nbytes += landed.tables.nbytes

    def is_full(self, together: int) -> bool:
        """Whether they are so many, or much, or nothing was told for a while."""
        is_much = len(self._documents) >= together or self._nbytes >= _HELD_BYTES
        return is_much or time.monotonic() - self._told_at >= HELD_SECONDS

    def send(self, done: Done | None = None) -> None:
        """Send them, and that their files are done, with what else is."""
        done = done or Done(0)
        if self._documents:
            landed = _together(list(self._documents.values()))
            done = replace(done, files=done.files + len(self._documents), landed=landed)
            self._documents, self._nbytes = {}, 0
        if done.files:
            send_message(self.connection, done)
            self._told_at = time.monotonic()


def _together(landed: list[Landed]) -> LandedTogether:
    documents = tuple((each.place, each.document_id) for each in landed)
    return LandedTogether(documents, DocumentTables.together([each.tables for each in landed]))


def _serve(held: Held, task: Task, limits: Limits, known: Known, originals: Originals | None) -> Result | None:
    """Read a file and give what comes of it; of the members of an archive, each is sent at once, and nothing is given.

    What came of a member is sent before the next is unpacked, which may end this process.
    """

    def starting(place: Place) -> None:
        limit_cpu(limits.seconds)
        if place.archive_member:
            held.send()
            send_message(held.connection, Started(place))

    own: Result | None = None
    for result in read_file(task.path, task.source_file, limits, known.holds, starting, task.skip, originals):
        if not result.place.archive_member:
            own = result
        else:
            send_message(held.connection, _together([result]) if isinstance(result, Landed) else result)
    return own


def as_argument(limits: Limits) -> str:
    """Limits as the argument that `main` reads."""
    return json.dumps({entry.name: getattr(limits, entry.name) for entry in fields(limits)})


if __name__ == "__main__":
    main()
