"""What a file is, told by its bytes alone, so that a document is the same under every name.

The ending of the name only makes the reason of a reject clearer.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zipfile
import zlib
from collections import Counter
from pathlib import PurePosixPath
from typing import Literal

from ingest.errors import RejectError, RejectReason
from ingest.readers import READERS, Reader

Archive = Literal["zip", "tar", "gz", "mail"]
"""Kinds of files whose members are documents of their own."""

UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
"""What a broken archive or member of one raises."""

_HEAD = 65_536
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTENT_TYPES = "[Content_Types].xml"
_UNSUPPORTED_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a bitmap picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title|table|div|p|span|br|a|td|tr|font)\b", re.IGNORECASE)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_QUOTED_END = re.compile(rb'(?<=[,;\t\n])"[^"\n]{0,200}\n[^"]{0,200}"(?=[,;\t\n])')
"""A field over several lines."""
_CSV_LINES, _FEWEST_CSV_LINES, _CSV_SHARE = 200, 4, 0.9
_MAIL = re.compile(
    rb"\s*(?=[\w-]+:)(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,60}?(?:mime-version|received|message-id):"
    rb"(?=(?:[^\n]+\n)*?content-type:)",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(
    rb"^ {0,3}#{1,6}[ \t]+\S|^\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*(?::?-{2,}:?)?[ \t]*\r?$", re.MULTILINE
)


def sniff(data: bytes, name: str) -> Reader | Archive:
    """The reader for these bytes, or the kind of archive they are.

    RejectError: empty, nothing but zeros, a kind without a reader, or a name that promises what the bytes are not.
    """
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if not data:
        raise RejectError(RejectReason.EMPTY_FILE, "the file holds no byte")
    head = data[:_HEAD]
    if not head.strip(b"\0") and not data.strip(b"\0"):
        raise RejectError(RejectReason.ONLY_ZEROS, f"{len(data)} bytes, all of them zero")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _inside_zip(data, ending)
    if head.startswith(_OLE):
        return _inside_ole(data, ending)
    for reader in READERS.values():
        if any(head.find(magic, 0, reader.magic_within + len(magic)) >= 0 for magic in reader.magic):
            return reader
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head[257:262] == b"ustar":
        return "tar"
    for magic, what in _UNSUPPORTED_MAGIC:
        if head.startswith(magic) and (len(magic) > 2 or b"\0" in head[:64]):
            raise RejectError(RejectReason.UNSUPPORTED_TYPE, f"the file is {what}")
    return _text_kind(head, ending)


def _text_kind(head: bytes, ending: str) -> Reader | Archive:
    """Markup and plain text; bytes that are neither are rejected here."""
    plain = head.replace(b"\0", b"")
    for bom in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        plain = plain.removeprefix(bom)
    for reader in READERS.values():
        if reader.text is not None and reader.text.match(plain):
            return reader
    if _MAIL.match(plain):
        return "mail"
    if _HTML_START.match(plain):
        return READERS["html"]
    if len(_HTML.findall(plain)) >= 3:
        return READERS["html"]
    if _is_binary(head):
        if ending in {".txt", ".html", ".htm", ".docx", ".doc", ".pdf", ".zip", ".xlsx", ".xls"}:
            raise RejectError(RejectReason.WRONG_TYPE, f"named {ending}, but its bytes are not of that kind")
        raise RejectError(RejectReason.UNSUPPORTED_TYPE, "the bytes are of no kind that is read")
    if ending in {".docx", ".pdf", ".zip", ".xlsx"}:
        raise RejectError(RejectReason.WRONG_TYPE, f"named {ending}, but it is plain text")
    if (b"#" in plain or b"--" in plain) and _MARKDOWN.search(plain):
        return READERS["md"]
    return READERS["csv" if csv_mark(plain) else "txt"]


def csv_mark(head: bytes) -> bytes | None:
    """The mark between values, where these are rows of them: lines of three fields or more, as many in nearly each.

    Chinese prose has marks of its own for a pause, and lines of a text hold now more, now fewer of any mark.
    """
    whole = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b'"' in whole:
        whole = _QUOTED_END.sub(b" ", whole)
    lines = [line for line in whole.split(b"\n")[:-1] or [whole] if line.strip()][:_CSV_LINES]
    if len(lines) < _FEWEST_CSV_LINES:
        return None
    for mark in (b",", b"\t", b";"):
        if whole.count(mark) < 2 * _CSV_SHARE * len(lines):
            continue
        counts = Counter(_outside_quotes(line).count(mark) for line in lines)
        usual, often = counts.most_common(1)[0]
        if usual >= 2 and often >= _CSV_SHARE * len(lines):
            return mark
    return None


def _outside_quotes(line: bytes) -> bytes:
    return b"".join(line.split(b'"')[::2])


def _is_binary(head: bytes) -> bool:
    """Whether more control bytes stand in it than text has; UTF-16 is text, so NUL bytes alone decide nothing."""
    if len(head) - len(head.translate(None, _CONTROL_BYTES)) <= len(head) // 100:
        return False
    wide = head[: len(head) // 2 * 2]
    for encoding in ("utf-16-le", "utf-16-be"):
        text = wide.decode(encoding, "replace")
        ordinary = sum(" " <= c <= "~" or c in "\t\r\n" or "\u3000" <= c <= "\u9fff" or c >= "\uff00" for c in text)
        if ordinary >= 0.9 * len(text):
            return False
    return True


_CONTROL_BYTES = bytes(value for value in range(32) if value not in (9, 10, 12, 13, 27))


def _inside_zip(data: bytes, ending: str) -> Reader | Archive:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:100].decode("ascii", "replace").strip() if _small_mimetype(archive) else ""
    except UNPACKING_ERRORS as error:
        what = f"named {ending}, but " if ending else ""
        raise RejectError(RejectReason.DAMAGED, f"{what}the zip container is broken: {error}") from error
    for reader in READERS.values():
        if reader.media_type == kind or any(_holds(names, part) for part in reader.zip_parts):
            return reader
    if "ppt/presentation.xml" in names:
        raise RejectError(RejectReason.UNSUPPORTED_TYPE, "the file is a presentation")
    if ending in {".docx", ".xlsx", ".odt", ".ods", ".doc", ".xls", ".pdf"}:
        raise RejectError(
            RejectReason.WRONG_TYPE, f"named {ending}, but it is a zip archive without such a document in it"
        )
    return "zip"


def _holds(names: set[str], part: str) -> bool:
    """Whether an archive has this part; of a folder only where it is a package that lists its content types."""
    if not part.endswith("/"):
        return part in names
    return _CONTENT_TYPES in names and any(name.startswith(part) for name in names)


def _small_mimetype(archive: zipfile.ZipFile) -> bool:
    try:
        return archive.getinfo("mimetype").file_size <= 100
    except KeyError:
        return False


def _inside_ole(data: bytes, ending: str) -> Reader:
    """Old Office files: the directory inside the container names its streams in UTF-16."""
    for reader in READERS.values():
        if any(stream.encode("utf-16-le") in data for stream in reader.streams):
            return reader
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise RejectError(RejectReason.ENCRYPTED, "the document is protected by a password")
    if "PowerPoint Document".encode("utf-16-le") in data:
        raise RejectError(RejectReason.UNSUPPORTED_TYPE, "the file is a presentation")
    if ending == ".wps":
        return READERS["wps"]
    raise RejectError(
        RejectReason.UNSUPPORTED_TYPE, "an old Office container without a text document or workbook in it"
    )
