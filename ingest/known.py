"""Which documents raw holds already: a sorted file of hashes that reading processes share without copying it."""

from __future__ import annotations

import mmap
import os
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import BinaryIO

_HASH_BYTES, _READER_BYTES = 32, 8
_RECORD_BYTES = _HASH_BYTES + _READER_BYTES


def _record(document_id: str, reader: str, reader_version: str) -> bytes:
    made_by = blake2b(f"{reader}\0{reader_version}".encode(), digest_size=_READER_BYTES).digest()
    return bytes.fromhex(document_id) + made_by


@contextmanager
def write_known(documents: Iterable[tuple[str, str, str]]) -> Iterator[BinaryIO]:
    """A nameless file of (document_id, reader, reader_version), given in the order of document_id."""
    with tempfile.TemporaryFile("w+b") as file:
        for document in documents:
            file.write(_record(*document))
        file.flush()
        yield file


class Known:
    """Looks documents up in the file that `write_known` made."""

    def __init__(self, descriptor: int) -> None:
        self._count = os.fstat(descriptor).st_size // _RECORD_BYTES
        self._map = mmap.mmap(descriptor, 0, prot=mmap.PROT_READ) if self._count else None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> bytes:
        assert self._map is not None
        return self._map[index * _RECORD_BYTES : (index + 1) * _RECORD_BYTES]

    def holds(self, document_id: str, reader: str, reader_version: str) -> bool:
        """Whether raw holds the document as this version of this reader makes it."""
        record = _record(document_id, reader, reader_version)
        index = bisect_left(self, record)
        return index < self._count and self[index] == record
