"""What passes between the run and its reading processes: JSON, and Arrow streams for tables.

No pickle comes back, so a process that a hostile file took over cannot make the run execute anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from multiprocessing.connection import Connection

import pyarrow as pa

from ingest.documents.arrow import DocumentTables
from ingest.results import Landed, Place, Rejected, Result, Unchanged


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
    """The process begins with a document."""

    place: Place


@dataclass(frozen=True, slots=True)
class Done:
    """All of a file was dealt with; `leaving` says that the process ends now, to give its memory back."""

    leaving: bool


Message = Ready | Started | Done | Landed | Unchanged | Rejected


def send_task(connection: Connection, task: Task) -> None:
    """Hand a task to a process."""
    connection.send_bytes(json.dumps([task.path, task.source_file, task.skip]).encode("ascii"))


def receive_task(connection: Connection) -> Task:
    """The next task. EOFError where the run is over."""
    path, source_file, skip = json.loads(connection.recv_bytes())
    return Task(path, source_file, skip)


def send_message(connection: Connection, message: Message) -> None:
    """Send a message, and behind it the tables of a landed document."""
    fields: list[object]
    match message:
        case Ready():
            fields = ["ready"]
        case Started(place):
            fields = ["started", place.source_file, place.archive_member]
        case Done(leaving):
            fields = ["done", leaving]
        case Landed(place, document_id, _):
            fields = ["landed", place.source_file, place.archive_member, document_id]
        case Unchanged(place, document_id):
            fields = ["unchanged", place.source_file, place.archive_member, document_id]
        case Rejected(place, sha256, reason_code, detail):
            fields = ["rejected", place.source_file, place.archive_member, sha256, reason_code, detail]
    connection.send_bytes(json.dumps(fields).encode("ascii"))
    if isinstance(message, Landed):
        for table in (message.tables.documents, message.tables.blocks, message.tables.cells):
            connection.send_bytes(_to_stream(table))


def receive_message(connection: Connection) -> Message:
    """The next message. EOFError where the process has ended."""
    kind, *fields = json.loads(connection.recv_bytes())
    if kind == "ready":
        return Ready()
    if kind == "done":
        return Done(bool(fields[0]))
    place = Place(str(fields[0]), str(fields[1]))
    if kind == "started":
        return Started(place)
    return _result(kind, place, fields[2:], connection)


def _result(kind: str, place: Place, fields: list[str], connection: Connection) -> Result:
    if kind == "rejected":
        sha256, reason_code, detail = fields
        return Rejected(place, sha256, reason_code, detail)
    document_id = fields[0]
    if kind == "unchanged":
        return Unchanged(place, document_id)
    documents, blocks, cells = (pa.ipc.open_stream(connection.recv_bytes()).read_all() for _ in range(3))
    return Landed(place, document_id, DocumentTables(documents, blocks, cells))


def _to_stream(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()
