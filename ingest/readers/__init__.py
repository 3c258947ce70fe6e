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
    """A kind of file: its name, media type, module, and whether flattened tables are looked for in its text."""

    name: str
    media_type: str
    module: str
    flat_tables: bool = False


READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        Reader("txt", "text/plain", "txt", flat_tables=True),
        Reader("md", "text/markdown", "md", flat_tables=True),
        Reader("html", "text/html", "html", flat_tables=True),
        Reader("mht", "multipart/related", "mht", flat_tables=True),
        Reader("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", True),
        Reader("pdf", "application/pdf", "pdf"),
        Reader("doc", "application/msword", "office", flat_tables=True),
        Reader("wps", "application/vnd.ms-works", "office", flat_tables=True),
        Reader("rtf", "application/rtf", "office", flat_tables=True),
        Reader("odt", "application/vnd.oasis.opendocument.text", "office", flat_tables=True),
        Reader("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "sheets"),
        Reader("xls", "application/vnd.ms-excel", "sheets"),
        Reader("ods", "application/vnd.oasis.opendocument.spreadsheet", "sheets"),
        Reader("png", "image/png", "image"),
        Reader("jpg", "image/jpeg", "image"),
        Reader("tif", "image/tiff", "image"),
    )
}


@cache
def reader_module(reader: Reader) -> ModuleType:
    """The module of a reader. RejectError `reader_missing` where this installation has none."""
    if importlib.util.find_spec(f"ingest.readers.{reader.module}") is None:
        raise RejectError(RejectReason.READER_MISSING, f"this version of gongkai has no reader for {reader.name} files")
    return importlib.import_module(f"ingest.readers.{reader.module}")


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
        raise RejectError(
            RejectReason.READER_MISSING, f"{reader.name} files need the Python module {error.name}"
        ) from error
    if reader.flat_tables:
        document.parts = rebuild.rebuild(document.parts)
    document.parts = wrapping.split_paragraphs(document.parts)
    return document
