"""Files as exports write them: whole or not at all, never through a link, and never over one that is not ours."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from ingest.errors import GongkaiError

SQLITE_MARK = 0x676B6169
"""The application_id of SQLite files of ours: gkai."""
MARK = b"\xef\xbb\xbf"


def target_folder(folder: Path, part: str) -> Path:
    """The folder `part` below `folder`, made where it is missing. GongkaiError where a link leads it elsewhere."""
    target = folder / part
    if target.is_file():
        raise GongkaiError(f"{target} is a file, and an export goes into a folder; name one with --to")
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(target, error) from error
    if not target.resolve().is_relative_to(folder.resolve()):
        raise GongkaiError(f"{target} is a link out of {folder}; remove it, or export to another folder with --to")
    return target


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path to write to, which becomes `target` at once when all is written; nothing is left of it otherwise.

    A link of that name is replaced, never followed. GongkaiError where a file of that name is not one that an export
    made.
    """
    require_ours(target)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield aside
        aside.replace(target)
    except (OSError, duckdb.IOException, sqlite3.Error) as error:
        raise cannot_write(target, error) from error
    finally:
        aside.unlink(missing_ok=True)


def require_ours(target: Path) -> None:
    """GongkaiError where there is a file that no export has made; an empty one holds nothing of anybody's."""
    if target.is_symlink() or not os.path.lexists(target) or (target.is_file() and target.stat().st_size == 0):
        return
    if not target.is_file() or not _is_ours(target):
        raise GongkaiError(
            f"{target} is no file that gongkai export has made; it is left as it is: move it away, or name another "
            "folder with --to"
        )


def _is_ours(path: Path) -> bool:
    """Whether a file bears the mark that exports of its kind bear."""
    try:
        return _MARKS[path.suffix](path)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, duckdb.Error, sqlite3.Error):
        return False


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return b"<dc:title>Gongkai</dc:title>" in archive.read("docProps/core.xml")


def _is_csv(path: Path) -> bool:
    """The mark, and a heading line of names as columns of marts are called."""
    with path.open("rb") as file:
        head = file.readline(100_000)
    names = head.removeprefix(MARK).strip().split(b",")
    return head.startswith(MARK) and all(name.replace(b"_", b"").isalnum() and name.islower() for name in names)


def _is_parquet(path: Path) -> bool:
    with duckdb.connect() as connection:
        rows = connection.execute("select decode(key) from parquet_kv_metadata(?)", [str(path)]).fetchall()
    return "publication" in {key for (key,) in rows}


def _is_database(path: Path) -> bool:
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute("select 1 from duckdb_tables() where table_name = 'gongkai_export'").fetchall()
    return bool(rows)


def _is_sqlite(path: Path) -> bool:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return bool(connection.execute("pragma application_id").fetchone()[0] == SQLITE_MARK)
    finally:
        connection.close()


def _is_package(path: Path) -> bool:
    description = json.loads(path.read_text("utf-8"))
    return isinstance(description, dict) and description.get("name") == "gongkai"


_MARKS: dict[str, Callable[[Path], bool]] = {
    ".xlsx": _is_workbook,
    ".csv": _is_csv,
    ".parquet": _is_parquet,
    ".duckdb": _is_database,
    ".sqlite": _is_sqlite,
    ".json": _is_package,
}


def cannot_write(target: Path, error: Exception) -> GongkaiError:
    """The error for a file that cannot be written, with the system's reason."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
    return GongkaiError(f"cannot write {target} ({reason}); make room or name another folder with --to")


def remove_ours(path: Path) -> None:
    """Remove a file that an export made; any other stays."""
    with suppress(FileNotFoundError):
        if not path.is_symlink() and _is_ours(path):
            path.unlink()
