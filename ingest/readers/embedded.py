"""What a Word document holds of other files in its place: pages and documents taken in, workbooks, pictures of text."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.documents.model import Block, Document, Table
from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.readers import Reader, read_document
from ingest.readers.ooxml import Package, child, local
from ingest.readers.sniff import sniff

_LEAST_WIDTH, _LEAST_HEIGHT = 600, 150
"""Pixels of a picture that may hold a table or text: seals, signs and lines are smaller."""
_MOST_PICTURES = 20
_KINDS = {"altChunk", "OLEObject", "blip", "imagedata"}
_WORKBOOKS = {"xlsx", "xls"}
_PAGES = {"html", "mht", "txt", "rtf"}


@dataclass(slots=True)
class Embedded:
    """The parts of a package that stand for content of its main document."""

    package: Package
    related: dict[str, tuple[str, str]]
    """Relationship id to its kind and the part's name."""
    limits: Limits
    read_word: Callable[[bytes, Limits], Document]
    """Reads a Word document within this one, without what that holds of others in its turn."""
    pictures: int = 0
    unread_pictures: int = 0
    """Pictures that may hold text where OCR is not installed."""
    ocr_used: bool = False

    @staticmethod
    def is_one(element: etree._Element) -> bool:
        """Whether an element stands for such content."""
        return local(element) in _KINDS

    def parts(self, element: etree._Element) -> Iterator[Block | Table]:
        """Blocks and tables of what an element stands for; nothing where that cannot be read or says nothing."""
        keys = [value for name, value in element.attrib.items() if str(name).rpartition("}")[2] in ("id", "embed")]
        part = next((self.related[str(key)][1] for key in keys if str(key) in self.related), "")
        if part not in self.package:
            return
        try:
            data = self.package.read(part)
            kind = sniff(data, part)
            found = self._read(local(element), kind, data, part) if isinstance(kind, Reader) else None
        except RejectError as error:
            if error.reason in _FATAL:
                raise
            return
        for inner in found.parts if found is not None else ():
            _forget_pages(inner)
            yield inner

    def _read(self, element: str, kind: Reader, data: bytes, part: str) -> Document | None:
        if element == "OLEObject":
            if kind.name not in _WORKBOOKS:
                return None
            document = read_document(kind, data, part, self.limits)
            shown = _shown_sheet(data, self.limits) if kind.name == "xlsx" else 1
            document.parts = [inner for inner in document.parts if _page(inner) in (shown, None)]
            return document
        if element == "altChunk":
            if kind.name == "docx":
                return self.read_word(data, self.limits)
            return read_document(kind, data, part, self.limits) if kind.name in _PAGES else None
        return self._picture(kind, data, part)

    def _picture(self, kind: Reader, data: bytes, part: str) -> Document | None:
        if kind.module != "image" or self.pictures >= _MOST_PICTURES or not _may_hold_text(data):
            return None
        from ingest.readers import ocr  # here, as it brings pdfplumber with it

        self.pictures += 1
        if not ocr.is_available():
            self.unread_pictures += 1
            return None
        self.ocr_used = True
        return read_document(kind, data, part, self.limits)


_FATAL = {RejectReason.MEMORY, RejectReason.TOO_MANY_CELLS, RejectReason.TOO_MANY_CHARACTERS, RejectReason.TIMEOUT}
"""What rejects the whole document, and not only what is embedded."""


def _may_hold_text(data: bytes) -> bool:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            width, height = Image.open(io.BytesIO(data)).size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return width >= _LEAST_WIDTH and height >= _LEAST_HEIGHT


def _shown_sheet(data: bytes, limits: Limits) -> int:
    """Number from 1, among the sheets that are not hidden, of the one that the document shows."""
    workbook = Package(data, limits).xml("xl/workbook.xml")
    view = child(workbook, "bookViews", "workbookView")
    tab = str(view.get("activeTab", "0")) if view is not None else "0"
    active = int(tab) if tab.isascii() and tab.isdigit() else 0
    found = child(workbook, "sheets")
    states = [sheet.get("state", "visible") for sheet in (found if found is not None else ())]
    return 1 + states[:active].count("visible")


def _page(part: Block | Table) -> int | None:
    if isinstance(part, Block):
        return part.page
    return part.cells[0].page if part.cells else None


def _forget_pages(part: Block | Table) -> None:
    """A Word document has no pages; the sheets and pictures in it are none."""
    if isinstance(part, Block):
        part.page = None
    else:
        for cell in part.cells:
            cell.page = None
