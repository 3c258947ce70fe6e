"""A reading process: takes files from the run, reads them within the limits, and sends back what is in them.

Started as `python -m ingest.worker FD KNOWN_FD PARENT LIMITS [ORIGINALS]` by `ingest.pool`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.known import Known
from ingest.lean import without_pandas
from ingest.limits import Limits
from ingest.messages import Done, Ready, Started, Task, receive_task, send_message
from ingest.originals import Originals
from ingest.reading import read_file
from ingest.results import Landed, Place, Rejected, Unchanged
from ingest.sandbox import cut_network, data_bytes, die_with_parent, limit_cpu, limit_memory

OUT_OF_MEMORY = 77
"""Exit status of a process that met the limit of memory where it could not go on."""

_RECURSION = 5_000
_KEPT_SHARE = 0.6
"""Of its memory, what a process may hold between two files without being ended for a new one. With the models of OCR it
holds half: to load them anew for each scan took 2.3 s of CPU. Who finds too little left is read again by a new one."""


def main() -> None:
    """Serve tasks until the run closes the connection, or until memory of this process should be given back."""
    descriptor, known_descriptor, parent = (int(argument) for argument in sys.argv[1:4])
    limits = Limits(**json.loads(sys.argv[4]))
    originals = Originals(Path(sys.argv[5])) if len(sys.argv) > 5 else None
    die_with_parent(parent)
    cut_network()
    without_pandas()
    sys.setrecursionlimit(_RECURSION)
    connection = Connection(descriptor)
    known = Known(known_descriptor)
    send_message(connection, Ready())
    most_between = data_bytes() + int(_KEPT_SHARE * limits.memory_bytes)
    limit_memory(limits.memory_bytes)
    try:
        while True:
            last = _serve(connection, receive_task(connection), limits, known, originals)
            leaving = data_bytes() > most_between
            send_message(connection, Done(leaving, last))
            if leaving:
                return
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


def _serve(
    connection: Connection, task: Task, limits: Limits, known: Known, originals: Originals | None
) -> Unchanged | Rejected | None:
    """Read a file and send what comes of it; the result of the file itself, where it is a small one, goes with Done.

    What came of a member is sent before the next is unpacked, which may end this process.
    """

    def starting(place: Place) -> None:
        limit_cpu(limits.seconds)
        if place.archive_member:
            send_message(connection, Started(place))

    last: Unchanged | Rejected | None = None
    for result in read_file(task.path, task.source_file, limits, known.holds, starting, task.skip, originals):
        if isinstance(result, Landed) or result.place.archive_member:
            send_message(connection, result)
        else:
            last = result
    return last


def as_argument(limits: Limits) -> str:
    """Limits as the argument that `main` reads."""
    return json.dumps({entry.name: getattr(limits, entry.name) for entry in fields(limits)})


if __name__ == "__main__":
    main()
