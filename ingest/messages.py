"""What passes between the run and its reading processes: JSON, Arrow streams for tables, and a number in shared memory.

No pickle comes back, so a process that a hostile file took over cannot make the run execute anything.
"""

from __future__ import annotations

import json
import mmap
from dataclasses import dataclass
from multiprocessing.connection import Connection

import pyarrow as pa

from ingest.documents.arrow import DocumentTables
from ingest.results import LandedTogether, Place, Rejected, Unchanged


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
    """All of so many files, the first that wait, was dealt with; `leaving` says that the process ends now, to give its
    memory back.

    What came of them goes with it, and is lost with it: documents that were landed, and of the last file what came of
    it otherwise.
    """

    files: int
    leaving: bool = False
    last: Unchanged | Rejected | None = None
    landed: LandedTogether | None = None


Message = Ready | Started | Done | LandedTogether | Unchanged | Rejected


class Begun:
    """How many files a process has begun, in a file that the run sees as well: what it was at when it died is known
    without a message for each."""

    SIZE = 8

    def __init__(self, descriptor: int) -> None:
        self._map = mmap.mmap(descriptor, self.SIZE)

    @property
    def count(self) -> int:
        return int.from_bytes(self._map[:], "little")

    def one_more(self) -> None:
        self._map[:] = (self.count + 1).to_bytes(self.SIZE, "little")


def send_task(connection: Connection, task: Task, together: int) -> None:
    """Hand a task to a process, and say how many documents it is to send together."""
    connection.send_bytes(json.dumps([task.path, task.source_file, task.skip, together]).encode("ascii"))


def receive_task(connection: Connection) -> tuple[Task, int]:
    """The next task, and how many documents to send together. EOFError where the run is over."""
    path, source_file, skip, together = json.loads(connection.recv_bytes())
    return Task(path, source_file, skip), together


def send_message(connection: Connection, message: Message) -> None:
    """Send a message, a line of JSON, and behind it the tables of landed documents."""
    line = json.dumps(_fields(message)).encode("ascii")
    landed = message.landed if isinstance(message, Done) else message
    if not isinstance(landed, LandedTogether):
        connection.send_bytes(line)
        return
    sink = pa.BufferOutputStream()
    sink.write(line + b"\n")
    for table in (landed.tables.documents, landed.tables.blocks, landed.tables.cells):
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    connection.send_bytes(sink.getvalue())


def _fields(message: Message) -> list[object]:
    match message:
        case Ready():
            return ["ready"]
        case Started(place):
            return ["started", place.source_file, place.archive_member]
        case Done(files, leaving, last, landed):
            return ["done", files, leaving, last and _fields(last), landed and _fields(landed)]
        case LandedTogether(documents, _):
            return ["landed", *([place.source_file, place.archive_member, known_by] for place, known_by in documents)]
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
            files, leaving, last, landed = fields
            together = _landed_together(landed[1:], tables) if landed else None
            return Done(int(files), bool(leaving), _small_result(*last) if last else None, together)
        case "landed":
            return _landed_together(fields, tables)
        case _:
            return _small_result(kind, *fields)


def _landed_together(documents: list[list[str]], tables: bytes) -> LandedTogether:
    streams = pa.BufferReader(tables)
    rows = DocumentTables(*(pa.ipc.open_stream(streams).read_all() for _ in range(3)))
    return LandedTogether(
        tuple((Place(str(source), str(member)), str(known)) for source, member, known in documents), rows
    )


def _small_result(kind: str, source_file: str, member: str, *fields: str) -> Unchanged | Rejected:
    place = Place(str(source_file), str(member))
    return Unchanged(place, *fields) if kind == "unchanged" else Rejected(place, *fields)
