"""Word documents: paragraphs and tables in document order, with spans, headings, automatic numbers and text boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.documents.model import Block, BlockKind, Cell, Document, Table
from ingest.documents.notes import raised, set_level
from ingest.documents.short_rows import set_under_heads
from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.readers.docx_styles import (
    Look,
    Numbering,
    Styles,
    is_ground,
    is_unseen,
    may_be_white_on_white,
)
from ingest.readers.embedded import Embedded
from ingest.readers.ooxml import (
    Children,
    Package,
    attribute,
    child,
    child_value,
    children,
    core_properties,
    is_on,
    local,
    value,
)

VERSION = "6"

_LONGEST_HEADING = 100
_WIDEST_SPAN = 1_000
_NO_ROOM = 40
"""Twentieths of a point that a row is high up to which nothing in it can be read."""
_TRANSPARENT = {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo"}
_LEFT_OUT = {
    "del",
    "moveFrom",
    "delText",
    "instrText",
    "rt",
    "pPr",
    "rPr",
    "sectPr",
    "tblPr",
    "tblGrid",
    "annotationRef",
}


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables of a .docx or .docm. RejectError where it is damaged, protected, hostile or over a limit."""
    return _read(data, limits, with_embedded=True)


def _read_alone(data: bytes, limits: Limits) -> Document:
    return _read(data, limits, with_embedded=False)


def _read(data: bytes, limits: Limits, *, with_embedded: bool) -> Document:
    package = Package(data, limits)
    main = next((part for kind, part in package.relationships("").values() if kind == "officeDocument"), None)
    root = package.xml(main or "word/document.xml")
    if root is None or local(root) != "document":
        raise RejectError(RejectReason.WRONG_TYPE, "the zip file holds no Word document")
    related = package.relationships(main or "word/document.xml")
    parts = dict(related.values())
    embedded = Embedded(package, related, limits, _read_alone)
    reader = _Reader(
        Styles.parse(package.xml(parts.get("styles", ""))),
        Numbering.parse(package.xml(parts.get("numbering", ""))),
        limits,
        embedded if with_embedded else None,
    )
    body = [part for element in root if local(element) == "body" for part in reader.parts(element)]
    reader.embedded = None  # in notes, heads and feet the same ids are those of other parts
    notes = [
        part
        for kind in ("footnotes", "endnotes")
        for note in _notes(package.xml(parts.get(kind, "")))
        for part in reader.parts(note)
    ]
    heads = list(reader.running(package, related, "header"))
    feet = list(reader.running(package, related, "footer"))
    properties = core_properties(package)
    if embedded.unread_pictures:
        properties["pictures_not_read"] = str(embedded.unread_pictures)
    return Document([*heads, *body, *notes, *feet], properties, ocr_used=embedded.ocr_used)


def _notes(root: etree._Element | None) -> Iterator[etree._Element]:
    """Footnotes without the separators that Word keeps among them."""
    for note in root if root is not None else ():
        if attribute(note, "type") in (None, "normal"):
            yield note


@dataclass(slots=True)
class _Reader:
    """What is needed to read the parts of one document, with the cells counted so far."""

    styles: Styles
    numbering: Numbering
    limits: Limits
    embedded: Embedded | None = None
    places: int = 0

    def running(self, package: Package, related: dict[str, tuple[str, str]], kind: str) -> Iterator[Block]:
        """Texts of the heads or feet of pages, each once."""
        seen: set[str] = set()
        role: BlockKind = "page_header" if kind == "header" else "page_footer"
        for name in dict.fromkeys(part for given, part in related.values() if given == kind):
            root = package.xml(name)
            for part in self.parts(root) if root is not None else ():
                texts = [part.text] if isinstance(part, Block) else [cell.text for cell in part.cells]
                for text in texts:
                    if text.strip() and text not in seen:
                        seen.add(text)
                        yield Block(text, kind=role)

    def parts(self, container: etree._Element, depth: int = 0) -> Iterator[Block | Table]:
        """Blocks and tables directly in a body, cell, text box or note, in order."""
        for element in container:
            kind = local(element)
            if kind == "p":
                yield from self._paragraph(element, depth)
            elif kind == "tbl":
                yield from self._table(element, depth)
            elif kind in _TRANSPARENT and not _is_prompt(element):
                yield from self.parts(element, depth)
            elif kind == "AlternateContent":
                yield from self.parts(_chosen(element), depth)
            elif kind == "altChunk" and self.embedded is not None:
                yield from self.embedded.parts(element)

    def _paragraph(self, element: etree._Element, depth: int) -> Iterator[Block | Table]:
        properties = children(child(element, "pPr"))
        boxes: list[etree._Element] = []
        text = set_level("".join(self._texts(element, boxes, self.styles.look(properties))))
        if text.strip():
            number = self.styles.number(properties)
            if number is not None and not is_on(properties.get("rPr"), "del"):
                text = _numbered(self.numbering.text(*number), text)
            level = self.styles.heading_level(properties)
            if level is not None and len(text) <= _LONGEST_HEADING and "。" not in text:
                yield Block(text, kind="heading", heading_level=level)
            else:
                yield Block(text)
        for box in boxes:
            self._check_depth(depth)
            if local(box) == "txbxContent":
                yield from self.parts(box, depth + 1)
            elif self.embedded is not None:
                yield from self.embedded.parts(box)

    def _texts(self, element: etree._Element, boxes: list[etree._Element], look: Look) -> Iterator[str]:
        """
        Text of a paragraph's runs in order, without what is hidden, struck out or deleted.

        Text boxes and what stands for another file are collected in `boxes`.

        `look` is how the paragraph's text looks; a raised number comes as superscripts.
        """
        for inner in element:
            kind = local(inner)
            if kind == "t":
                yield raised(inner.text or "") if look.get("raised", False) else inner.text or ""
            elif kind in ("tab", "ptab"):
                yield "\t"
            elif kind in ("br", "cr"):
                yield "\n" if attribute(inner, "type") in (None, "textWrapping") else ""
            elif kind == "noBreakHyphen":
                yield "-"
            elif kind == "fldChar":
                yield _choice(inner)
            elif kind == "sym":
                yield _symbol(attribute(inner, "char"))
            elif kind == "txbxContent" or Embedded.is_one(inner):
                boxes.append(inner)
            elif kind == "AlternateContent":
                yield from self._texts(_chosen(inner), boxes, look)
            elif kind == "r":
                properties = child(inner, "rPr")
                own = look if properties is None else self.styles.run_look(properties, look)
                if not own or not (is_unseen(own) or (may_be_white_on_white(own) and self._is_on_paper(inner))):
                    yield from self._texts(inner, boxes, own)
            elif kind and kind not in _LEFT_OUT and not _is_prompt(inner):
                yield from self._texts(inner, boxes, look)

    def _is_on_paper(self, run: etree._Element) -> bool:
        """Whether nothing around a run gives it a ground: shading, text box, style of tables, colour of the page."""
        for outer in run.iterancestors():
            kind = local(outer)
            if kind == "txbxContent" or is_ground(child(outer, f"{kind}Pr", "shd")):
                return False
            if kind == "tbl" and child_value(outer, "tblPr", "tblStyle") in self.styles.coloured_tables:
                return False
            if kind == "document":
                return child(outer, "background") is None
        return True

    def _table(self, element: etree._Element, depth: int) -> Iterator[Block | Table]:
        """A table and then those nested in it; one of a single cell is only a frame around its content."""
        self._check_depth(depth)
        rows = [(properties, list(_cells(row))) for row, properties in _rows(element)]
        if len(rows) == 1 and len(rows[0][1]) == 1:
            yield from self.parts(rows[0][1][0][0], depth + 1)
            return
        cells: list[Cell] = []
        nested: list[Table] = []
        above: dict[int, Cell] = {}
        for number, (row_properties, row_cells) in enumerate(rows, 1):
            col = 1 + _span(value(row_properties.get("gridBefore")), missing=0)
            left: Cell | None = None
            for element_cell, properties in row_cells:
                span = _span(value(properties.get("gridSpan")))
                if left is not None and value(properties.get("hMerge")) == "continue":
                    left.col_span += span
                elif _goes_on(properties) and col in above and above[col].row + above[col].row_span == number:
                    above[col].row_span += 1
                    left = above[col]
                else:
                    left = Cell(number, col, self._cell_text(element_cell, nested, depth), col_span=span)
                    above[col] = left
                    cells.append(left)
                col += span
                self._count(span)
        set_under_heads(cells)
        yield Table(cells)
        yield from nested

    def _cell_text(self, element: etree._Element, nested: list[Table], depth: int) -> str:
        """Text of a cell, a line a paragraph; tables inside it are set apart."""
        lines: list[str] = []
        for part in self.parts(element, depth + 1):
            if isinstance(part, Block):
                lines.append(part.text)
            else:
                nested.append(part)
        return "\n".join(lines)

    def _count(self, places: int) -> None:
        self.places += places
        if self.places > self.limits.cells:
            raise RejectError(RejectReason.TOO_MANY_CELLS, f"more than {self.limits.cells} table cells")

    def _check_depth(self, depth: int) -> None:
        if depth > self.limits.nesting:
            raise RejectError(
                RejectReason.TOO_DEEP, f"tables or text boxes nested more than {self.limits.nesting} deep"
            )


def _numbered(number: str, text: str) -> str:
    """The automatic number before the text; a blank where digits would run together."""
    return f"{number} {text}" if number and text[0].isascii() and text[0].isalnum() else number + text


def _symbol(code: str | None) -> str:
    """A character given by its code in a symbol font; one of a font's own (private use) says nothing as text."""
    try:
        number = int(code or "", 16)
    except ValueError:
        return ""
    return chr(number) if 0x20 <= number < 0xD800 else ""


def _choice(begin: etree._Element) -> str:
    """What was chosen of a list in a form of old: it stands where its field begins, and nowhere as text."""
    choices = child(begin, "ffData", "ddList")
    if choices is None:
        return ""
    chosen = child_value(choices, "result") or child_value(choices, "default") or "0"
    entries = [attribute(entry, "val") or "" for entry in choices if local(entry) == "listEntry"]
    return entries[int(chosen)] if chosen.isdecimal() and int(chosen) < len(entries) else ""


def _is_prompt(element: etree._Element) -> bool:
    """Whether a field shows what is to be filled in (单击此处输入文字): nobody has; a number in its place is read."""
    if local(element) != "sdt" or not is_on(element, "sdtPr", "showingPlcHdr"):
        return False
    shown = "".join(text.text or "" for text in element.iter() if local(text) == "t")
    return not shown.strip().isdecimal()


def _chosen(element: etree._Element) -> etree._Element:
    """The one branch to read of content that stands twice, for new and old versions of Word."""
    choice, fallback = child(element, "Choice"), child(element, "Fallback")
    if choice is not None and (fallback is None or any(local(inner) in ("t", "tbl") for inner in choice.iter())):
        return choice
    return fallback if fallback is not None else element


def _rows(table: etree._Element) -> Iterator[tuple[etree._Element, Children]]:
    """The rows of a table that are seen, each with its properties."""
    for element in table:
        kind = local(element)
        if kind == "tr":
            properties = children(child(element, "trPr"))
            if "del" not in properties and not _is_hidden(properties):
                yield element, properties
        elif kind in _TRANSPARENT:
            yield from _rows(element)


def _is_hidden(properties: Children) -> bool:
    """Whether a row is hidden, or has no room for letters."""
    height = properties.get("trHeight")
    if height is not None and attribute(height, "hRule") == "exact":
        twentieths = attribute(height, "val") or ""
        if twentieths.isdecimal() and int(twentieths) <= _NO_ROOM:
            return True
    return is_on(properties.get("hidden"))


def _cells(row: etree._Element) -> Iterator[tuple[etree._Element, Children]]:
    """The cells of a row, each with its properties."""
    for element in row:
        kind = local(element)
        if kind == "tc":
            properties = children(child(element, "tcPr"))
            if "cellDel" not in properties:
                yield element, properties
        elif kind in _TRANSPARENT:
            yield from _cells(element)


def _goes_on(properties: Children) -> bool:
    """Whether a cell only continues the one above it."""
    merge = properties.get("vMerge")
    return merge is not None and attribute(merge, "val") in (None, "continue")


def _span(text: str | None, missing: int = 1) -> int:
    return min(int(text), _WIDEST_SPAN) if text is not None and text.isascii() and text.isdigit() else missing
