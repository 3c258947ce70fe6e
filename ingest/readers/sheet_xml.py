"""Spreadsheets in one XML file, as Excel 2003 and many programs of agencies save them under the ending .xls."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context

from lxml import etree

from ingest.documents.model import Document
from ingest.documents.notes import raised, set_level
from ingest.errors import RejectError, RejectReason
from ingest.layout.sheet import Sheet, parts_of
from ingest.limits import Limits
from ingest.readers.ooxml import attribute, child, local, office_2003_properties, sound_xml
from ingest.readers.sheet_formulas import At, Formulas, absolute, number_of

VERSION = "3"

_WIDEST = 16_384
_AS_SHOWN = Context(prec=15)
"""Excel shows fifteen digits of a number, and saves seventeen."""


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables of all sheets that are shown. RejectError where it is damaged or over a limit."""
    root = sound_xml(data, name)
    shown = [sheet for sheet in root if local(sheet) == "Worksheet" and _is_shown(sheet)]
    if len(shown) > limits.pages:
        raise RejectError(RejectReason.TOO_MANY_PAGES, f"{len(shown)} sheets; the limit is {limits.pages}")
    budget, unseen = limits.cells, _unseen_styles(root)
    found = []
    for sheet in shown:
        found.append(_sheet(sheet, budget, unseen))
        budget -= sum(len(row) for row in found[-1].rows)
    parts = [part for number, sheet in enumerate(found, 1) for part in parts_of(sheet, number)]
    if not parts:
        raise RejectError(RejectReason.NO_TEXT, "no sheet holds text")
    return Document(parts, office_2003_properties(root), page_count=len(shown))


def _is_shown(sheet: etree._Element) -> bool:
    visible = child(sheet, "WorksheetOptions", "Visible")
    return visible is None or visible.text not in ("SheetHidden", "SheetVeryHidden")


def _unseen_styles(root: etree._Element) -> set[str]:
    """The styles whose text is struck out, or white on no ground of its own."""
    unseen = set()
    for style in (style for styles in root if local(styles) == "Styles" for style in styles):
        font, ground = child(style, "Font"), child(style, "Interior")
        has_ground = ground is not None and (attribute(ground, "Color") or "#FFFFFF").upper() != "#FFFFFF"
        is_white = font is not None and (attribute(font, "Color") or "").upper() == "#FFFFFF"
        if (font is not None and attribute(font, "StrikeThrough") == "1") or (is_white and not has_ground):
            unseen.add(attribute(style, "ID") or "")
    return unseen


def _sheet(sheet: etree._Element, budget: int, unseen: set[str]) -> Sheet:
    """Texts by row without hidden rows and columns, and what merged cells cover. RejectError over `budget` places."""
    table = child(sheet, "Table")
    hidden = _hidden_columns(table)
    texts: dict[tuple[int, int], str] = {}
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    formulas = Formulas()
    place_of: dict[At, tuple[int, int]] = {}
    at_row = -1
    row = height = width = 0
    for element in table if table is not None else ():
        if local(element) != "Row":
            continue
        row = _number(element, "Index", row + 1)
        is_shown = not _is_hidden(element)
        at_row += is_shown
        column = 0
        for cell in element:
            if local(cell) != "Cell":
                continue
            column = _number(cell, "Index", column + 1)
            across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
            covered = [at for at in range(column, min(column + across, _WIDEST) + 1) if at not in hidden]
            if covered and is_shown:
                place = (at_row, covered[0] - 1 - sum(at < covered[0] for at in hidden))
                texts[place] = ""
                if attribute(cell, "StyleID") not in unseen:
                    texts[place] = _text(cell)
                    place_of[row - 1, column - 1] = place
                if across or down:
                    merged[place] = (down + 1, len(covered))
                height, width = max(height, at_row + 1), max(width, place[1] + len(covered))
            _add_formula(formulas, (row - 1, column - 1), cell)
            column += across
        if height * width > budget:
            raise RejectError(RejectReason.TOO_MANY_CELLS, f"a sheet of {height * width} cells or more")
    computed = dict(formulas.open_values(formulas.has_stale_sum()))
    texts |= {place_of[at]: text for at, text in computed.items() if at in place_of}
    rows = [[texts.get((at, column), "") for column in range(width)] for at in range(height)]
    within = {(at, column): (min(down, height - at), across) for (at, column), (down, across) in merged.items()}
    made = {place_of[at] for at, text in computed.items() if text and at in place_of}
    return Sheet(attribute(sheet, "Name") or "", rows, within, made)


def _add_formula(formulas: Formulas, at: At, cell: etree._Element) -> None:
    """Note what a cell holds: its number, that it is none, and the formula that it comes from."""
    data = child(cell, "Data")
    number = number_of((data.text or "").strip()) if data is not None else None
    if data is not None and attribute(data, "Type") != "Number":
        formulas.texts.add(at)
    elif number is not None:
        formulas.numbers[at] = number
    if formula := attribute(cell, "Formula"):
        formulas.formulas[at] = absolute(formula, at)


def _hidden_columns(table: etree._Element | None) -> set[int]:
    """Numbers of hidden columns from 1."""
    hidden: set[int] = set()
    column = 0
    for element in table if table is not None else ():
        if local(element) == "Column":
            column = _number(element, "Index", column + 1)
            span = _number(element, "Span", 0)
            if _is_hidden(element):
                hidden.update(range(column, min(column + span, _WIDEST) + 1))
            column += span
    return hidden


def _is_hidden(element: etree._Element) -> bool:
    """Whether a row or column is hidden, or has no room."""
    return attribute(element, "Hidden") == "1" or "0" in (attribute(element, "Width"), attribute(element, "Height"))


def _number(element: etree._Element, name: str, missing: int) -> int:
    text = attribute(element, name) or ""
    return min(int(text), 1_048_576) if text.isascii() and text.isdigit() else missing


def _text(cell: etree._Element) -> str:
    """What a cell says; a whole number without a point, a day without the midnight behind it."""
    data = child(cell, "Data")
    if data is None:
        return ""
    text = set_level("".join(_pieces(data))).strip()
    kind = attribute(data, "Type")
    if kind == "DateTime":
        return text.removesuffix("T00:00:00.000")
    if kind == "Number" and (number := number_of(text)) is not None and number.is_finite():
        return f"{_AS_SHOWN.create_decimal(number).normalize():f}"
    return text


def _pieces(data: etree._Element) -> Iterator[str]:
    """The text of a cell with marks of HTML in it: without what is struck out, raised numbers as superscripts."""
    yield data.text or ""
    for inner in data:
        if local(inner) == "Font" and (attribute(inner, "Color") or "").upper() == "#FFFFFF":
            pass
        elif local(inner) in ("Sup", "sup", "Sub", "sub"):
            yield raised("".join(_pieces(inner)))
        elif local(inner) not in ("S", "s", "Strike", "Del", "del"):
            yield from _pieces(inner)
        yield inner.tail or ""
