"""Archives: zip, tar, tar.gz, gz, and letters with attachments. Members are read in memory, never written to disk."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO

from ingest.errors import RejectError, RejectReason
from ingest.find import storable_name
from ingest.limits import MIB, Limits
from ingest.readers.sniff import UNPACKING_ERRORS, Archive, sniff

_LOOSE_BELOW = 10 * MIB
"""Unpacked sizes up to here are harmless whatever their ratio."""
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its path there, and how to get its bytes (which may raise RejectError)."""

    name: str
    read: Callable[[], bytes]


def members(kind: Archive, data: bytes, name: str, limits: Limits, depth: int = 1) -> Iterator[Member]:
    """The members of an archive in their order there; those of an archive in it stand under its path.

    RejectError where the archive is broken or unpacks to more than the limits.
    """
    budget = _Budget(len(data), limits)
    try:
        for member in _members(kind, data, name, budget):
            if depth > 1:
                yield member
            else:
                yield from _opened(member, limits)
    except UNPACKING_ERRORS as error:
        raise RejectError(RejectReason.DAMAGED, f"the archive is broken: {_reason(error)}") from error


def open_container(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The zip container that a document is (docx, xlsx, odt). RejectError: broken, encrypted, or over the limits."""
    try:
        container = zipfile.ZipFile(io.BytesIO(data))
    except UNPACKING_ERRORS as error:
        raise RejectError(RejectReason.DAMAGED, f"the zip container is broken: {_reason(error)}") from error
    budget = _Budget(len(data), limits)
    for info in container.infolist():
        budget.count_member()
        if info.flag_bits & _ENCRYPTED:
            raise RejectError(RejectReason.ENCRYPTED, "the document is protected by a password")
        budget.count_bytes(info.file_size)
    return container


class _Budget:
    """What an archive may still unpack to."""

    def __init__(self, packed_bytes: int, limits: Limits) -> None:
        self._packed_bytes = packed_bytes
        self._limits = limits
        self._members = 0
        self._unpacked_bytes = 0

    def anew(self) -> _Budget:
        """A full budget for the same archive, where its bytes are counted on another layer too."""
        return _Budget(self._packed_bytes, self._limits)

    def count_member(self) -> None:
        self._members += 1
        if self._members > self._limits.members:
            raise RejectError(RejectReason.DECOMPRESSION, f"more than {self._limits.members} members, the limit")

    def count_bytes(self, unpacked_bytes: int) -> None:
        self._unpacked_bytes += unpacked_bytes
        if self._unpacked_bytes > self._limits.decompressed_bytes:
            raise RejectError(
                RejectReason.DECOMPRESSION, f"unpacks to more than {self._limits.decompressed_bytes} bytes, the limit"
            )
        if self._unpacked_bytes > max(_LOOSE_BELOW, self._limits.ratio * self._packed_bytes):
            raise RejectError(
                RejectReason.DECOMPRESSION, f"unpacks to more than {self._limits.ratio} times its size, the limit"
            )

    def read(self, file: BinaryIO) -> bytes:
        """All bytes of one member, within the limit for a document and what is left for the archive."""
        pieces: list[bytes] = []
        size = 0
        while piece := file.read(MIB):
            size += len(piece)
            if size > self._limits.bytes:
                raise RejectError(RejectReason.TOO_LARGE, f"more than {self._limits.bytes} bytes, the limit")
            self.count_bytes(len(piece))
            pieces.append(piece)
        return b"".join(pieces)


def _opened(member: Member, limits: Limits) -> Iterator[Member]:
    """A member, or the members of the archive that it is. What is wrong with it shows when it is read."""
    try:
        data = member.read()
        kind = sniff(data, member.name)
    except RejectError as error:
        yield Member(member.name, _raising(error))
        return
    if not isinstance(kind, str):
        yield Member(member.name, lambda: data)
        return
    try:
        for inner in members(kind, data, PurePosixPath(member.name).name, limits, depth=2):
            yield Member(f"{member.name}/{inner.name}", inner.read)
    except RejectError as error:
        yield Member(member.name, _raising(error))


def _raising(error: RejectError) -> Callable[[], bytes]:
    def read() -> bytes:
        raise error

    return read


def _members(kind: Archive, data: bytes, name: str, budget: _Budget) -> Iterator[Member]:
    if kind == "zip":
        return _zip_members(data, budget)
    if kind == "tar":
        return _tar_members(io.BytesIO(data), budget)
    if kind == "mail":
        return _mail_members(data, budget)
    return _gz_members(data, name, budget)


def _zip_members(data: bytes, budget: _Budget) -> Iterator[Member]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            budget.count_member()
            name = _zip_name(info)
            if info.is_dir() or _is_passed_over(name):
                continue
            mode = info.external_attr >> 16
            if stat.S_ISLNK(mode):
                yield Member(name, _raising(RejectError(RejectReason.NOT_A_FILE, "a link in an archive")))
            elif info.flag_bits & _ENCRYPTED:
                yield Member(name, _raising(RejectError(RejectReason.ENCRYPTED, "protected by a password")))
            else:
                yield _checked(name, lambda info=info: _unzip(archive, info, budget))  # type: ignore[misc]


def _unzip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    with archive.open(info) as file:
        return budget.read(file)  # type: ignore[arg-type]


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name of a member: UTF-8 where the archive says so or the bytes are it, else GB18030, as Windows packs it."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    raw = info.filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _tar_members(stream: BinaryIO, budget: _Budget) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r|", encoding="utf-8", errors="surrogateescape") as archive:
        for info in archive:
            budget.count_member()
            name = storable_name(info.name)
            if info.isdir() or _is_passed_over(name):
                continue
            if not info.isreg():
                yield Member(name, _raising(RejectError(RejectReason.NOT_A_FILE, "a link or device in an archive")))
                continue
            file = archive.extractfile(info)
            assert file is not None
            yield _checked(name, lambda file=file: budget.read(file))  # type: ignore[misc]


def _gz_members(data: bytes, name: str, budget: _Budget) -> Iterator[Member]:
    """A packed tar archive, or one packed file."""
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        head = file.read(512)
    if head[257:262] == b"ustar":
        stream = _Counted(gzip.GzipFile(fileobj=io.BytesIO(data)), budget)
        yield from _tar_members(io.BufferedReader(stream), budget.anew())
        return
    budget.count_member()
    inner = name[:-3] if name.lower().endswith(".gz") else name
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        yield _checked(inner, lambda: budget.read(file))  # type: ignore[arg-type]


def _mail_members(data: bytes, budget: _Budget) -> Iterator[Member]:
    """The text of a letter, as a page where it stands as one, and what is attached to it."""
    message = message_from_bytes(data.removeprefix(codecs.BOM_UTF8), policy=policy.default)
    attached: list[Member] = []
    texts: dict[str, Member] = {}
    for part in message.walk():
        budget.count_member()
        if part.is_multipart():
            continue
        name, kind = part.get_filename(), part.get_content_type()
        if name:
            attached.append(_checked(storable_name(name), partial(_mail_part, part, budget)))
        elif kind in _TEXTS_OF_MAIL and kind not in texts:
            texts[kind] = Member(_TEXTS_OF_MAIL[kind], partial(_mail_part, part, budget))
    found = [texts[kind] for kind in _TEXTS_OF_MAIL if kind in texts][:1] + attached
    if not found:
        raise RejectError(RejectReason.NO_TEXT, "the letter holds neither text nor anything attached")
    yield from found


_TEXTS_OF_MAIL = {"text/html": "message.html", "text/plain": "message.txt"}


def _mail_part(part: Message, budget: _Budget) -> bytes:
    payload = part.get_payload(decode=True)
    return budget.read(io.BytesIO(payload if isinstance(payload, bytes) else b""))


class _Counted(io.RawIOBase):
    """A packed stream that counts what it gives, so that headers and padding cannot grow past the limits either."""

    def __init__(self, file: gzip.GzipFile, budget: _Budget) -> None:
        self._file = file
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._file.read(len(buffer))
        self._budget.count_bytes(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)


def _checked(name: str, read: Callable[[], bytes]) -> Member:
    """A member whose path stays inside the archive; errors of unpacking become rejects of it alone."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (len(name) > 1 and name[1] == ":"):
        return Member(name, _raising(RejectError(RejectReason.OUTSIDE_FOLDER, "a path that leads out of the archive")))

    def read_checked() -> bytes:
        try:
            return read()
        except UNPACKING_ERRORS as error:
            raise RejectError(RejectReason.DAMAGED, f"cannot be unpacked: {_reason(error)}") from error

    return Member(name, read_checked)


def _is_passed_over(name: str) -> bool:
    """Hidden files, and what a Mac adds to archives."""
    return any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in re.split(r"[/\\]", name))


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
