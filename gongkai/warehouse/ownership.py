"""Whose a file is: nothing is written over a file that Gongkai has not made, or cannot understand.

Ours is a DuckDB file in which the table stands that every file of its kind has: `raw.publication` in the published one,
`raw.ingest_runs` in the work file.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import duckdb

from gongkai.warehouse import Warehouse
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach, quoted, records
from ingest.errors import GongkaiError, is_damage

State = Literal["missing", "ours", "foreign", "newer", "damaged", "busy"]

_MAGIC, _MAGIC_AT = b"DUCK", 8
_OTHER_MAGIC = {
    b"SQLite format 3\0": "an SQLite database",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive or an office document",
    b"PAR1": "a parquet file",
    b"\x1f\x8b": "a gzip archive",
}
_NEWER = re.compile(r"version number|newer version|storage version", re.I)

_PUBLISHED_MARKS = ("raw.publication",)
_WORK_MARKS = ("raw.ingest_runs", "state.nodes_built")
"""The second stands alone in the file of compiled rules, which dbt opens as it opens a work file."""


class DamagedError(GongkaiError):
    """A file of the warehouse is cut off or broken."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at a path, and in words what that is or what is wrong with it."""

    path: Path
    state: State
    detail: str = ""

    def error(self) -> GongkaiError:
        """The line that refuses to go on."""
        match self.state:
            case "damaged":
                return damaged(self.path, self.detail)
            case "newer":
                advice = f"install a gongkai as new, or name another warehouse with --warehouse (this is {_ours()})"
            case "busy":
                advice = "close that program (duckdb -readonly lets both go on), then run the command again"
            case _:
                advice = "it is left as it is: move it away, or name another warehouse with --warehouse"
        return GongkaiError(f"{self.path} {self.detail}; {advice}")


def damaged(path: Path, reason: str) -> DamagedError:
    """The error for a file that is cut off or broken, with the command that mends."""
    return DamagedError(
        f"{path} is damaged ({reason}); mend the warehouse with: gongkai rebuild, or gongkai rebuild FOLDER to read "
        "the originals again"
    )


def published_found(warehouse: Warehouse) -> Found:
    """What stands where the published file should be, or its log."""
    found = _look(warehouse.published, _PUBLISHED_MARKS)
    if found.state == "missing" and os.path.lexists(warehouse.published_log):
        return Found(warehouse.published_log, "foreign", "is the log of a database that is not there")
    return found


def work_found(warehouse: Warehouse) -> Found:
    """What stands where the work file should be."""
    return look_for_work(warehouse.work)


def look_for_work(path: Path) -> Found:
    """The same by the path of the work file, which is all that dbt knows."""
    return _look(path, _WORK_MARKS)


def require_ours(warehouse: Warehouse) -> None:
    """GongkaiError where a file that would be written is somebody else's, from a newer version, broken, or in use.

    Who has the work file in use, the write lock tells better.
    """
    published, work = published_found(warehouse), work_found(warehouse)
    if published.state not in {"missing", "ours"}:
        raise published.error()
    if work.state not in {"missing", "ours", "busy"}:
        raise work.error()


def _look(path: Path, marks: tuple[str, ...]) -> Found:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Found(path, "foreign", "is not a file")
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError:
        return Found(path, "missing")
    except OSError as error:
        what = "is a link in a circle" if error.errno == errno.ELOOP else f"cannot be read ({error.strerror})"
        return Found(path, "foreign", what)
    if not head:
        return Found(path, "damaged", "it is empty")
    if head[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] != _MAGIC:
        what = next((name for magic, name in _OTHER_MAGIC.items() if head.startswith(magic)), "no database")
        return Found(path, "foreign", f"is {what}, not a file that gongkai made")
    return _look_inside(path, marks)


def _look_inside(path: Path, marks: tuple[str, ...]) -> Found:
    with duckdb.connect(config=SETTINGS) as connection:
        try:
            attach(connection, path, "looked_at", "read_only")
            there = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'looked_at'"
            ).fetchall()
            mark = next((mark for mark in marks if (mark,) in there), None)
            if mark is None:
                return Found(path, "foreign", "is a database that gongkai did not make")
            rows = records(connection, f"select * from looked_at.{mark}")  # noqa: S608 - a name of ours
        except duckdb.Error as error:
            said = str(error).splitlines()[0].split("Error: ", 1)[-1]
            if is_damage(error):
                return Found(path, "damaged", said)
            if "lock" in said or isinstance(error, duckdb.ResourceInUseException):
                return Found(path, "busy", "is open in another process, which may write to it")
            if _NEWER.search(said):
                return Found(path, "newer", "was made by a newer DuckDB")
            return Found(path, "foreign", f"cannot be opened ({said})")
    newest = max((str(row.get("software_version")) for row in rows), key=_order, default="0")
    if _order(newest) > _order(_ours()):
        return Found(path, "newer", f"was made by gongkai {newest}")
    return Found(path, "ours")


def is_whole(path: Path) -> bool:
    """Whether every table of a database of ours can be read to its end: DuckDB proves each block by a checksum."""
    with duckdb.connect(config=SETTINGS) as connection:
        try:
            attach(connection, path, "proved", "read_only")
            for schema, name in connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'proved'"
            ).fetchall():
                table = f"proved.{quoted(schema)}.{quoted(name)}"
                connection.execute(f"select max(hash(proven)) from {table} as proven").fetchone()  # noqa: S608 - quoted
        except duckdb.Error as error:
            if is_damage(error):
                return False
            raise
    return True


def _ours() -> str:
    return version("gongkai-warehouse")


def _order(software_version: str) -> tuple[int, ...]:
    """A version as numbers that can be compared."""
    return tuple(int(part) for part in re.findall(r"\d+", software_version)[:3])


def set_aside(path: Path) -> Path | None:
    """Rename a file, and the log beside it, to a name that is free; the new name, or None where there is no file."""
    taken = 0
    while os.path.lexists(aside := path.with_name(f"{path.name}.damaged{f'-{taken}' if taken else ''}")):
        taken += 1
    with suppress(FileNotFoundError):
        path.with_name(f"{path.name}.wal").rename(aside.with_name(f"{aside.name}.wal"))
    try:
        return path.rename(aside)
    except FileNotFoundError:
        return None
