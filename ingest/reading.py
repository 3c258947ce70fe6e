"""One file to the results that land: the documents in it, known ones, and rejects."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from ingest.documents.arrow import document_tables
from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.originals import Originals
from ingest.readers import Reader, read_document, reader_version
from ingest.readers.archives import Member, members
from ingest.readers.sniff import sniff
from ingest.results import Landed, Place, Rejected, Result, Unchanged

_NO_MEMORY = (
    "std::bad_alloc", "allocate memory", "out of memory", "memory allocation", "failed to map segment",
    "can't start new thread",
)  # fmt: skip
"""How native libraries, and what loads them, say that they met the limit."""

IsKnown = Callable[[str, str, str], bool]
"""Tells for document_id, reader and reader_version whether raw holds that document already."""


def read_bytes(path: str, limits: Limits) -> bytes:
    """The bytes of a regular file within the limit of bytes; RejectError otherwise. Links are not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise RejectError(RejectReason.NOT_A_FILE, "a pipe, socket or device")
            if status.st_size > limits.bytes:
                raise RejectError(RejectReason.TOO_LARGE, f"{status.st_size} bytes; the limit is {limits.bytes}")
            data = file.read(status.st_size + 1)
    except OSError as error:
        raise RejectError(RejectReason.UNREADABLE, error.strerror or str(error)) from error
    if len(data) != status.st_size:
        raise RejectError(RejectReason.UNREADABLE, "the file changed its size while it was read")
    return data


def read_file(
    path: str,
    source_file: str,
    limits: Limits,
    is_known: IsKnown,
    starting: Callable[[Place], None] = lambda place: None,
    skip: int = 0,
    originals: Originals | None = None,
) -> Iterator[Result]:
    """What a file holds: one result for a document, one for each member of an archive. Never raises RejectError.

    `starting` is called before each document; the first `skip` members of an archive are left out. What is read is kept
    in `originals`, where they are given.
    """
    place = Place(source_file)
    starting(place)
    digest = None
    try:
        data = read_bytes(path, limits)
        digest = hashlib.sha256(data).hexdigest()
        kind = sniff(data, source_file)
        if isinstance(kind, Reader):
            yield _kept(parse(data, digest, kind, place, limits, is_known), data, originals)
            return
        for number, member in enumerate(members(kind, data, PurePosixPath(source_file).name, limits), start=1):
            if number > skip:
                member_place = Place(source_file, member.name)
                starting(member_place)
                yield _read_member(member, member_place, limits, is_known, originals)
    except RejectError as error:
        yield Rejected(place, digest, error.reason_code, error.detail)
    except MemoryError:
        yield Rejected(place, digest, RejectReason.MEMORY.value, "the document takes more memory than the limit")


def _read_member(
    member: Member, place: Place, limits: Limits, is_known: IsKnown, originals: Originals | None
) -> Result:
    digest = None
    try:
        data = member.read()
        digest = hashlib.sha256(data).hexdigest()
        kind = sniff(data, member.name)
        if not isinstance(kind, Reader):
            raise RejectError(RejectReason.TOO_DEEP, "an archive in an archive in an archive")
        return _kept(parse(data, digest, kind, place, limits, is_known), data, originals)
    except RejectError as error:
        return Rejected(place, digest, error.reason_code, error.detail)
    except MemoryError:
        return Rejected(place, digest, RejectReason.MEMORY.value, "the document takes more memory than the limit")


def _kept(result: Landed | Unchanged, data: bytes, originals: Originals | None) -> Landed | Unchanged:
    if originals is not None:
        originals.keep(result.document_id, data)
    return result


def parse(
    data: bytes, document_id: str, reader: Reader, place: Place, limits: Limits, is_known: IsKnown
) -> Landed | Unchanged:
    """Read one document, unless it is known. RejectError says why it is not landed; every other fault becomes one."""
    version = reader_version(reader)
    if is_known(document_id, reader.name, version):
        return Unchanged(place, document_id)
    try:
        name = PurePosixPath(place.archive_member or place.source_file).name
        document = read_document(reader, data, name, limits)
        tables = document_tables(
            document,
            document_id=document_id,
            source_file=place.source_file,
            archive_member=place.archive_member,
            media_type=reader.media_type,
            size_bytes=len(data),
            reader=reader.name,
            reader_version=version,
            limits=limits,
        )
    except (RejectError, MemoryError):
        raise
    except RecursionError as error:
        raise RejectError(RejectReason.TOO_DEEP, "the parts of the document nest too deep") from error
    except Exception as error:
        if _met_the_limit(error):
            raise MemoryError from error
        raise RejectError(RejectReason.READER_FAILED, _unforeseen(error)) from error
    return Landed(place, document_id, tables)


def _met_the_limit(error: BaseException) -> bool:
    """Whether it was raised for want of memory, be it that a library made another error of that."""
    seen: list[BaseException] = []
    while error not in seen:
        if isinstance(error, MemoryError) or any(words in str(error).lower() for words in _NO_MEMORY):
            return True
        seen.append(error)
        error = error.__cause__ or error.__context__ or error
    return False


def _unforeseen(error: Exception) -> str:
    """What an unforeseen error says, at most 300 characters: of a traceback inside it, its last line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = "" if not lines else lines[-1] if lines[0].startswith("Traceback") else " ".join(lines)
    return f"{type(error).__name__}: {said}"[:300]
