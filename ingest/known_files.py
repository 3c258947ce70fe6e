"""Files that lie where they lay, as they were: told by their hash, so that no reading process need look at them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Self

import duckdb

from ingest.errors import RejectError
from ingest.found import Found
from ingest.known import KEY_BYTES, Records
from ingest.limits import Limits
from ingest.readers import READERS, reader_version
from ingest.reading import read_bytes

_LARGEST = 1 << 20
"""Bytes; larger files are hashed by the reading processes, side by side."""


class KnownFiles:
    """Tells which document of raw a file is. Use in `with`.

    Only a file whose name and size raw knows is hashed here, so that a new one is read once.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, limits: Limits) -> None:
        self._limits = limits
        self._largest = min(limits.bytes, _LARGEST)
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - open as long as this is in use
        for key, document_id in _places(connection, self._largest):
            self._file.write(bytes.fromhex(key)[:KEY_BYTES] + bytes.fromhex(document_id))
        self._file.flush()
        self._records = Records(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def document_of(self, found: Found) -> str | None:
        """The document that the file is, where that can be told so; None where a process must read it."""
        if not len(self._records) or found.is_stored or found.reason is not None:
            return None
        with suppress(OSError, RejectError):
            size = os.lstat(found.path).st_size
            if size > self._largest:
                return None
            place = f"{found.source_file}\0{size}".encode()
            there = set(self._records.beginning(hashlib.md5(place, usedforsecurity=False).digest()[:KEY_BYTES]))
            if there:
                digest = hashlib.sha256(read_bytes(found.path, self._limits)).digest()
                return digest.hex() if digest in there else None
        return None


def _places(connection: duckdb.DuckDBPyConnection, largest: int) -> Iterator[tuple[str, str]]:
    """Name and size of files as one hash, and the document that each was, where its reader is still of that version."""
    readers = [name for (name,) in connection.execute("select distinct reader from raw.documents").fetchall()]
    versions = []
    for name in readers:
        with suppress(KeyError, RejectError):  # there is no such reader, or not all that it needs
            versions.append(f"{name} {reader_version(READERS[name])}")
    rows = connection.execute(
        """
        select distinct md5(sources.source_file || chr(0) || documents.size_bytes) as place, documents.document_id
        from raw.document_sources as sources
        inner join raw.documents as documents using (document_id)
        where sources.archive_member = ''
            and documents.size_bytes <= $largest
            and list_contains($versions, documents.reader || ' ' || documents.reader_version)
        order by all
        """,
        {"largest": largest, "versions": versions},
    )
    while chunk := rows.fetchmany(10_000):
        yield from chunk
