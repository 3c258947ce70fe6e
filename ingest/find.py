"""Finding the files below the paths given, in a fixed order, without ever leaving those folders."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.errors import RejectReason, UsageError
from ingest.found import Found
from ingest.storage import Source, Stored, check_stored, find_stored


def check_paths(paths: Iterable[Source]) -> None:
    """UsageError for a path that does not exist or is neither file nor folder."""
    for path in paths:
        if isinstance(path, Stored):
            check_stored(path)
        elif not path.exists():
            what = broken_link(path) or "does not exist"
            raise UsageError(f"{path}: {what}; name a file or a folder of files")
        elif not path.is_file() and not path.is_dir():
            raise UsageError(f"{path}: is neither a file nor a folder")


def find_files(paths: Iterable[Source], leave_out: Iterable[Source] = ()) -> Iterator[Found]:
    """The files of each path in the order of names, those of a folder before those of the folders in it.

    Hidden files and folders (a name with a leading dot) and the paths in `leave_out` are passed over.
    """
    left_out = list(leave_out)
    passed_over = {os.path.realpath(path) for path in left_out if isinstance(path, Path)}
    for path in paths:
        if isinstance(path, Stored):
            yield from find_stored(path, [each for each in left_out if isinstance(each, Stored)])
            continue
        root = os.path.realpath(path)
        if Path(root).is_dir():
            yield from _walk(root, passed_over)
        else:
            yield Found(root, storable_name(Path(root).name))


def _walk(root: str, passed_over: set[str]) -> Iterator[Found]:
    waiting = [(root, "")]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            with os.scandir(folder) as scan:
                shown = (entry for entry in scan if not entry.name.startswith(".") and entry.path not in passed_over)
                entries = sorted(shown, key=lambda entry: entry.name)
        except OSError as error:
            yield Found(folder, prefix.rstrip("/") or ".", RejectReason.UNREADABLE, error.strerror or str(error))
            continue
        inner: list[tuple[str, str]] = []
        for entry in entries:
            name = prefix + storable_name(entry.name)
            if entry.is_symlink():
                yield from _link(entry.path, name, root, passed_over)
            elif entry.is_dir(follow_symlinks=False):
                inner.append((entry.path, f"{name}/"))
            elif not entry.is_file(follow_symlinks=False):
                yield Found(entry.path, name, RejectReason.NOT_A_FILE, "a pipe, socket or device")
            else:
                yield Found(entry.path, name)
        waiting += reversed(inner)


def _link(path: str, name: str, root: str, passed_over: set[str]) -> Iterator[Found]:
    """A link inside the folder leads to what is met anyway; a file is read under this name too, a folder is not."""
    target = os.path.realpath(path)
    if os.path.commonpath([root, target]) != root:
        yield Found(path, name, RejectReason.OUTSIDE_FOLDER, "a link that leads out of the folder given")
    elif broken := broken_link(Path(path)):
        yield Found(path, name, RejectReason.UNREADABLE, broken.removeprefix("is "))
    elif Path(target).is_file() and target not in passed_over:
        yield Found(target, name)


def broken_link(path: Path) -> str | None:
    """What is wrong with a link that leads to no file or folder; None for all else."""
    if not path.is_symlink():
        return None
    try:
        path.stat()
    except OSError as error:
        return "is a link in a circle" if error.errno == errno.ELOOP else "is a link to nothing"
    return None


def storable_name(name: str) -> str:
    """A file name as text: bytes that are not UTF-8 are read as GB18030, the other habit of Chinese archives."""
    try:
        name.encode("utf-8")
        return name
    except UnicodeEncodeError:
        raw = os.fsencode(name)
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace")
