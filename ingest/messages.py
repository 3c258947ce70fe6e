"""What passes between the run and its reading processes: JSON, and Arrow streams for tables.

No pickle comes back, so a process that a hostile file took over cannot make the run execute anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from multiprocessing.connection import Connection

import pyarrow as pa

from ingest.documents.arrow import DocumentTables
from ingest.results import Landed, Place, Rejected, Unchanged


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read. Its first `skip` members are left out, where an earlier process dealt with them.

    `alone` asks for a new process, as an old one ran out of memory, which may be the fault of what it read before.
    """

    path: str
    source_file: str
    skip: int = 0
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has started."""


@dataclass(frozen=True, slots=True)
class Started:
    """The process begins with a member of an archive; that it begins with a file goes without saying."""

    place: Place


@dataclass(frozen=True, slots=True)
class Done:
    """All of a file was dealt with; `leaving` says that the process ends now, to give its memory back.

    `last`: what came of the file itself, where it was not landed: a message less for each file that is known.
    """

    leaving: bool
    last: Unchanged | Rejected | None = None


Message = Ready | Started | Done | Landed | Unchanged | Rejected


def send_task(connection: Connection, task: Task) -> None:
    """Hand a task to a process."""
    connection.send_bytes(json.dumps([task.path, task.source_file, task.skip]).encode("ascii"))


def receive_task(connection: Connection) -> Task:
    """The next task. EOFError where the run is over."""
    path, source_file, skip = json.loads(connection.recv_bytes())
    return Task(path, source_file, skip)


def send_message(connection: Connection, message: Message) -> None:
    """Send a message, a line of JSON, and behind it the tables of a landed document."""
    line = json.dumps(_fields(message)).encode("ascii")
    if not isinstance(message, Landed):
        connection.send_bytes(line)
        return
    sink = pa.BufferOutputStream()
    sink.write(line + b"\n")
    for table in (message.tables.documents, message.tables.blocks, message.tables.cells):
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    connection.send_bytes(sink.getvalue())


def _fields(message: Message) -> list[object]:
    match message:
        case Ready():
            return ["ready"]
        case Started(place):
            return ["started", place.source_file, place.archive_member]
        case Done(leaving, last):
            return ["done", leaving, last and _fields(last)]
        case Landed(place, document_id, _):
            return ["landed", place.source_file, place.archive_member, document_id]
        case Unchanged(place, document_id):
            return ["unchanged", place.source_file, place.archive_member, document_id]
        case Rejected(place, sha256, reason_code, detail):
            return ["rejected", place.source_file, place.archive_member, sha256, reason_code, detail]


def receive_message(connection: Connection) -> Message:
    """The next message. EOFError where the process has ended."""
    line, _, tables = connection.recv_bytes().partition(b"\n")
    kind, *fields = json.loads(line)
    match kind:
        case "ready":
            return Ready()
        case "started":
            return Started(Place(str(fields[0]), str(fields[1])))
        case "done":
            return Done(bool(fields[0]), _small_result(*fields[1]) if fields[1] else None)
        case "landed":
            streams = pa.BufferReader(tables)
            documents, blocks, cells = (pa.ipc.open_stream(streams).read_all() for _ in range(3))
            return Landed(Place(str(fields[0]), str(fields[1])), fields[2], DocumentTables(documents, blocks, cells))
        case _:
            return _small_result(kind, *fields)


def _small_result(kind: str, source_file: str, member: str, *fields: str) -> Unchanged | Rejected:
    place = Place(str(source_file), str(member))
    return Unchanged(place, *fields) if kind == "unchanged" else Rejected(place, *fields)
