"""The flow of a page: elements in reading order to blocks and tables."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache

from ingest.documents.model import Block, Cell, Table
from ingest.documents.notes import raised, set_level
from ingest.kept import kept
from ingest.limits import Limits
from ingest.web.data_tables import Layouts, places
from ingest.web.declared import RAISED, declared
from ingest.web.dom import BLOCKS, HEADINGS, Element, shown_text

_LONGEST_HEADING = 100
_NOT_PLAIN = {"br", "sup", "sub", "table", "pre", *HEADINGS}
_SOURCE_LINE_END = "\x01"
_BLANK = " \t\r\n\f"
_BLANKS = re.compile(f"[{_BLANK}]+")
_OTHER_BLANK = re.compile(f"[{_BLANK[1:]}]")
_RUN = re.compile(" {2,}")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f“”‘’—…"
_NOTE = re.compile(r"(?:^|[\s#_-])(?:_?(?:ftn|edn|fn|note|footnote|endnote))(?:ref)?(?:[\d_:-]|\s|$)", re.IGNORECASE)
_END_IN_WIDE = re.compile(f"(?<=[{_WIDE}]){_SOURCE_LINE_END}|{_SOURCE_LINE_END}(?=[{_WIDE}])")


def flow(
    element: Element, shown: Container[Element], skipped: Container[Element], layouts: Layouts, limits: Limits
) -> list[Block | Table]:
    """The blocks and tables of an element, of what is in `shown` and not in `skipped`. `<br>` stays a line end in its
    block."""
    writer = _Writer(shown, skipped, layouts, limits)
    writer.walk(element)
    writer.end_block()
    return writer.parts


def _marks_a_note(element: Element) -> bool:
    """Whether an element holds nothing but a raised number, or a link to a note, as programs for writing make them."""
    tag, style = element.tag, element.get("style")
    is_raised = style is not None and _raises(style, tag == "small")
    if not is_raised and not (tag == "a" and _leads_to_a_note(element)):
        return False
    text = _collapsed(shown_text(element))
    return raised(text) != text and not any(child.tag in BLOCKS for child in element)


@lru_cache(maxsize=4096)
def _raises(style: str, is_small: bool) -> bool:
    """Whether what stands in a style attribute raises its element: a page has the same ones again and again."""
    if not RAISED.search(style.lower()):
        return False
    return declared(f"font-size:smaller;{style}" if is_small else style).get("raised", False)


def _leads_to_a_note(link: Element) -> bool:
    goal = link.get("href", "")
    names = f"{link.get('class', '')} {goal} {link.get('id', '')}"
    return link.get("role") == "doc-noteref" or (goal.startswith("#") and bool(_NOTE.search(names)))


def _is_empty(element: Element) -> bool:
    """Whether no text stands in an element and behind it, as in the last ones of cells that Word has written."""
    return (
        element.tag not in _NOT_PLAIN
        and not (element.text or "").strip(_BLANK)
        and not (element.tail or "").strip(_BLANK)
        and all(map(_is_empty, element))
    )


class _Writer:
    """Gathers inline text until a block ends."""

    def __init__(
        self, shown: Container[Element], skipped: Container[Element], layouts: Layouts, limits: Limits
    ) -> None:
        self.parts: list[Block | Table] = []
        self._shown = shown
        self._skipped = skipped
        self._layouts = layouts
        self._limits = limits
        self._pieces: list[str] = []

    def walk(self, element: Element) -> None:
        """Write an element, without the text behind it."""
        if element not in self._shown or element in self._skipped:
            return
        tag = element.tag
        if tag == "br":
            self._pieces.append("\n")
            return
        if tag in ("sup", "sub") or (element.keys() and _marks_a_note(element)):
            self._pieces.append(raised(_collapsed(shown_text(element))))
            return
        if tag == "table" and element not in self._layouts:
            self._table(element)
            return
        is_block = tag in BLOCKS
        if is_block and self._pieces:
            self.end_block()
        begun, raw = len(self.parts), tag == "pre"
        if text := element.text:
            self._text(text, raw=raw)
        for child in element:
            self.walk(child)
            if text := child.tail:
                self._text(text, raw=raw)
        if is_block and self._pieces:
            self.end_block()
        if tag in HEADINGS:
            self._mark_heading(begun, HEADINGS[tag])

    def end_block(self) -> None:
        """What has gathered becomes a paragraph."""
        if not self._pieces:
            return
        text = "".join(self._pieces)
        self._pieces.clear()
        if not text.isspace() and (text := _joined(text)).strip():
            self.parts.append(Block(text))

    def _text(self, text: str, *, raw: bool) -> None:
        self._pieces.append(text if raw else _collapsed(text))

    def _apart(self, element: Element) -> list[Block | Table]:
        """The parts of an element, which are none of this writer's; nothing has gathered before it."""
        before, self.parts = self.parts, []
        self.walk(element)
        self.end_block()
        parts, self.parts = self.parts, before
        return parts

    def _text_alone(self, cell: Element) -> str | None:
        """The text of a cell with one text in it, be it in elements in one another, as in most; else None."""
        element = cell
        while len(element) and not (element.text or "").strip(_BLANK):
            child = element[0]
            is_plain = child.tag not in _NOT_PLAIN and not (child.keys() and _marks_a_note(child))
            if not is_plain or (child.tail or "").strip(_BLANK) or child not in self._shown or child in self._skipped:
                return None
            if len(element) > 1 and not all(map(_is_empty, element[1:])):
                return None
            element = child
        if len(element):
            return None
        text = _shown(element.text or "")
        return text if element is cell or text.strip() else ""

    def _mark_heading(self, begun: int, level: int) -> None:
        """Blocks inside a heading element are headings, except where a whole paragraph stands in it."""
        for part in self.parts[begun:]:
            if isinstance(part, Block) and len(part.text) <= _LONGEST_HEADING:
                part.kind, part.heading_level = "heading", level
                part.text = part.text.replace("\n", " ")

    def _table(self, table: Element) -> None:
        """A table of data: its caption before it, the tables in its cells behind it."""
        self.end_block()
        for child in table:
            if child.tag == "caption":
                self.walk(child)
        cells: list[Cell] = []
        inner: list[Table] = []
        for row, col, row_span, col_span, element in places(table, self._shown, self._limits.cells):
            if (text := self._text_alone(element)) is None:
                parts = self._apart(element)
                if len(parts) == 1 and isinstance(parts[0], Block):
                    text = parts[0].text
                else:
                    text = "\n".join(part.text for part in parts if isinstance(part, Block))
                    inner += [part for part in parts if isinstance(part, Table)]
            cells.append(Cell(row, col, text, row_span, col_span))
        self.parts.append(Table(cells))
        self.parts += inner


@kept
def _shown(text: str) -> str:
    """Text with nothing else around it, as a browser shows it."""
    return _joined(_collapsed(text))


def _collapsed(text: str) -> str:
    """Runs of blanks as one, those with a line end of the source marked."""
    if "  " not in text and not _OTHER_BLANK.search(text):
        return text
    if not text.strip(_BLANK):  # as between most tags
        return text and (_SOURCE_LINE_END if "\n" in text else " ")
    return _BLANKS.sub(lambda blanks: _SOURCE_LINE_END if "\n" in blanks[0] else " ", text)


def _joined(text: str) -> str:
    """Inline text as a browser shows it: line ends of the source are blanks, and nothing between wide characters."""
    if _SOURCE_LINE_END in text:
        text = _END_IN_WIDE.sub("", text).replace(_SOURCE_LINE_END, " ")
    if "  " in text:
        text = _RUN.sub(" ", text)
    if "\n" in text:
        text = "\n".join(line.strip(" ") for line in text.split("\n")).strip("\n")
    return set_level(text.strip(" "))
