"""What raw holds already, as sorted files of hashes: processes share them without copying, however many they hold."""

from __future__ import annotations

import mmap
import os
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import BinaryIO

_HASH_BYTES = 32
KEY_BYTES = 8
_RECORD_BYTES = _HASH_BYTES + KEY_BYTES


def _record(document_id: str, reader: str, reader_version: str) -> bytes:
    made_by = blake2b(f"{reader}\0{reader_version}".encode(), digest_size=KEY_BYTES).digest()
    return bytes.fromhex(document_id) + made_by


@contextmanager
def write_known(documents: Iterable[tuple[str, str, str]]) -> Iterator[BinaryIO]:
    """A nameless file of (document_id, reader, reader_version), given in the order of document_id."""
    with tempfile.TemporaryFile("w+b") as file:
        for document in documents:
            file.write(_record(*document))
        file.flush()
        yield file


class Records:
    """Looks up records in a file of them, in their order."""

    def __init__(self, descriptor: int) -> None:
        self._count = os.fstat(descriptor).st_size // _RECORD_BYTES
        self._map = mmap.mmap(descriptor, 0, prot=mmap.PROT_READ) if self._count else None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> bytes:
        assert self._map is not None
        return self._map[index * _RECORD_BYTES : (index + 1) * _RECORD_BYTES]

    def beginning(self, key: bytes) -> Iterator[bytes]:
        """What follows the key in each record that begins with it."""
        for index in range(bisect_left(self, key), self._count):
            if not self[index].startswith(key):
                return
            yield self[index][len(key) :]


class Known:
    """Tells of documents whether raw holds them, by the file that `write_known` made."""

    def __init__(self, descriptor: int) -> None:
        self._records = Records(descriptor)

    def holds(self, document_id: str, reader: str, reader_version: str) -> bool:
        """Whether raw holds the document as this version of this reader makes it."""
        return any(True for _ in self._records.beginning(_record(document_id, reader, reader_version)))
