"""The readers: what a file is, told by its content, and which module reads it.

A reader is a module in this package with `VERSION: str` (a new one reads every file of the kind again) and
`read(data: bytes, name: str, limits: Limits) -> Document`, raising `RejectError`. It imports heavy libraries inside
`read`, so that a missing one rejects the files of that kind and no others. A block may hold several lines: where
tables were flattened to lines `read_document` rebuilds them (`ingest.flat.rebuild`), and it takes the other lines
apart. Beside the readers stands what they share: `sniff`, `encodings`, `archives`, `ooxml`, `docx_styles`, `pdfium`,
`ocr`.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from ingest.documents import wrapping
from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.flat import rebuild
from ingest.limits import Limits


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of file: its name, media type and module, and the signs in its bytes that `sniff` tells it by."""

    name: str
    media_type: str
    """Of OpenDocument files this is the sign too: they begin with it."""
    module: str
    flat_tables: bool = False
    """Whether flattened tables are looked for in its text."""
    magic: tuple[bytes, ...] = ()
    """What its bytes begin with."""
    magic_within: int = 0
    """How many bytes may stand before the magic."""
    zip_parts: tuple[str, ...] = ()
    """Names in a zip archive, any of which tells it; a folder (`xl/`) only beside a list of content types."""
    streams: tuple[str, ...] = ()
    """Names in an old Office container, any of which tells it."""
    text: re.Pattern[bytes] | None = None
    """What the first bytes of a file of text match at their beginning."""


_XML_HEAD = rb"\s*(?:<\?xml[^>]*>\s*)?(?:<\?mso-application[^>]*>\s*|<!--.{0,2000}?-->\s*){0,5}"
_HEADER_LINES = rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,60}?"

READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        Reader("txt", "text/plain", "txt", flat_tables=True),
        Reader("md", "text/markdown", "md", flat_tables=True),
        Reader("csv", "text/csv", "csv_text"),
        Reader("html", "text/html", "html", flat_tables=True),
        Reader(
            *("mht", "multipart/related", "mht"),
            flat_tables=True,
            text=re.compile(_HEADER_LINES + rb"content-type:\s*multipart/related", re.IGNORECASE),
        ),
        Reader(
            *("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
            flat_tables=True,
            zip_parts=("word/document.xml", "word/"),
        ),
        Reader(
            *("word_xml", "application/vnd.ms-word.xml", "word_xml"),
            flat_tables=True,
            text=re.compile(_XML_HEAD + rb"<(?:\w+:wordDocument|pkg:package)\b", re.DOTALL),
        ),
        Reader("pdf", "application/pdf", "pdf", magic=(b"%PDF-",), magic_within=1024),
        Reader("ofd", "application/ofd", "ofd", zip_parts=("OFD.xml",)),
        Reader("doc", "application/msword", "office", flat_tables=True, streams=("WordDocument",)),
        Reader("wps", "application/vnd.ms-works", "office", flat_tables=True),
        Reader("rtf", "application/rtf", "office", flat_tables=True, magic=(b"{\\rtf",)),
        Reader("odt", "application/vnd.oasis.opendocument.text", "office", flat_tables=True),
        Reader(
            *("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "sheets"),
            zip_parts=("xl/",),
        ),
        Reader("xls", "application/vnd.ms-excel", "sheets", streams=("Workbook", "Book\0")),
        Reader("ods", "application/vnd.oasis.opendocument.spreadsheet", "sheets"),
        Reader(
            *("sheet_xml", "application/vnd.ms-excel.xml", "sheet_xml"),
            text=re.compile(
                _XML_HEAD + rb'<(?:\w+:)?Workbook\b[^>]*"urn:schemas-microsoft-com:office:spreadsheet"', re.S
            ),
        ),
        Reader("png", "image/png", "image", magic=(b"\x89PNG\r\n\x1a\n",)),
        Reader("jpg", "image/jpeg", "image", magic=(b"\xff\xd8\xff",)),
        Reader("tif", "image/tiff", "image", magic=(b"II*\0", b"MM\0*")),
    )
}


@cache
def reader_module(reader: Reader) -> ModuleType:
    """The module of a reader. RejectError `reader_missing` where this installation has none."""
    if importlib.util.find_spec(f"ingest.readers.{reader.module}") is None:
        raise RejectError(RejectReason.READER_MISSING, f"this version of gongkai has no reader for {reader.name} files")
    try:
        return importlib.import_module(f"ingest.readers.{reader.module}")
    except ModuleNotFoundError as error:
        raise _lacks_module(reader, error) from error


def _lacks_module(reader: Reader, error: ModuleNotFoundError) -> RejectError:
    return RejectError(RejectReason.READER_MISSING, f"{reader.name} files need the Python module {error.name}")


@cache
def reader_version(reader: Reader) -> str:
    """Version of all code that makes the document of this kind; a change reads its files again."""
    version = str(reader_module(reader).VERSION)
    flat = f"+flat{rebuild.VERSION}" if reader.flat_tables else ""
    return f"{version}{flat}+lines{wrapping.VERSION}"


def read_document(reader: Reader, data: bytes, name: str, limits: Limits) -> Document:
    """Read `data` with its reader, rebuild flattened tables, set paragraphs apart. RejectError says why it cannot."""
    try:
        document: Document = reader_module(reader).read(data, name, limits)
    except ModuleNotFoundError as error:
        raise _lacks_module(reader, error) from error
    if reader.flat_tables:
        document.parts = rebuild.rebuild(document.parts)
    document.parts = wrapping.split_paragraphs(document.parts)
    return document
