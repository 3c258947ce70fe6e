"""Who may write to the work file: one process at a time."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.warehouse import Warehouse
from ingest.errors import GongkaiError


@contextmanager
def write_lock(warehouse: Warehouse) -> Iterator[None]:
    """Hold the right to write the work file, across processes, until the block ends or this process dies.

    The lock is the operating system's, on a file beside the work file, so a killed run leaves none behind.
    GongkaiError where another run holds it or the folder cannot be written.
    """
    path = warehouse.lock
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as error:
        if (os.path.lexists(path) and not path.is_file()) or path.is_symlink():
            raise in_the_way(path) from error
        raise not_writable(warehouse, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            raise GongkaiError(
                f"another gongkai (process {holder or 'unknown'}) is writing to {warehouse}; "
                "wait until it is done, then run the command again"
            ) from error
        if not re.fullmatch(rb"\d*", os.pread(descriptor, 32, 0)):
            raise in_the_way(path)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def in_the_way(path: Path) -> GongkaiError:
    """The error for something that stands where a private file of the warehouse belongs, and is none."""
    return GongkaiError(
        f"{path} stands where a private file of the warehouse belongs, and gongkai has not made it; it is left as it "
        "is: move it away, or name another warehouse with --warehouse"
    )


def not_writable(warehouse: Warehouse, error: Exception) -> GongkaiError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "no right to write"
    return GongkaiError(
        f"cannot write in the folder {warehouse.published.parent} ({reason}); "
        "give this user the right to write there, or name another place with --warehouse"
    )
