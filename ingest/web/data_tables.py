"""Tables of a page: those that hold data, with their grid of places, told from those that lay out the page."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import TypeAlias

from ingest.errors import RejectError, RejectReason
from ingest.web.dom import HEADINGS, Element, squeezed
from ingest.web.weights import Weights

_MAX_COL_SPAN = 1_000
_LONG_CELL = 200
_FIGURES_OF_DATA = 5
"""So many short cells with figures, and a table does not lay out a page."""
_DIGIT = re.compile(r"[0-9０-９]")


Place: TypeAlias = tuple[int, int, int, int, Element]
"""Row and column (from 1) of a cell, its spans of rows and columns, and its element."""


class Layouts:
    """Tells tables that only lay out the page, whose cells are text in a row, from figures in a grid, once each."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._known: dict[Element, bool] = {}

    def __contains__(self, table: Element) -> bool:
        if table not in self._known:
            self._known[table] = _is_layout(table, self._weights)
        return self._known[table]


def places(table: Element, shown: Container[Element], max_places: int) -> Iterator[Place]:
    """The cells of a table at the places that a browser gives them. RejectError where they cover too many."""
    rows = _own_rows(table, shown)
    taken_until: dict[int, int] = {}
    covered = 0
    for row_no, row in enumerate(rows, start=1):
        col = 1
        for cell in _own_cells(row, shown):
            while taken_until.get(col, 0) >= row_no:
                col += 1
            row_span = col_span = 1
            if cell.keys():
                rows_left = len(rows) - row_no + 1
                row_span = _span(cell, "rowspan", rows_left) or rows_left
                col_span = _span(cell, "colspan", _MAX_COL_SPAN) or 1
            covered += row_span * col_span
            if covered > max_places:
                raise RejectError(RejectReason.TOO_MANY_CELLS, f"a table covers more than {max_places} places")
            if row_span > 1 or taken_until:
                for covered_col in range(col, col + col_span):
                    taken_until[covered_col] = row_no + row_span - 1
            yield row_no, col, row_span, col_span, cell
            col += col_span


def _own_rows(table: Element, shown: Container[Element]) -> list[Element]:
    """The rows of a table, without those of tables inside it."""
    rows: list[Element] = []
    for child in table:
        if child not in shown:
            continue
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows += [row for row in child if row.tag == "tr" and row in shown]
    return rows


def _own_cells(row: Element, shown: Container[Element]) -> list[Element]:
    """The cells of a row."""
    return [cell for cell in row if cell.tag in ("td", "th") and cell in shown]


def _is_layout(table: Element, weights: Weights) -> bool:
    rows = [cells for row in _own_rows(table, weights.shown) if (cells := _own_cells(row, weights.shown))]
    if table.get("role") in ("presentation", "none") or not rows:
        return True
    if max(len(row) for row in rows) == 1:
        return True
    cells = [cell for row in rows for cell in row]
    holds_tables = next(table.iterdescendants("table"), None) is not None and any(
        next(cell.iter("table"), None) is not None for cell in cells
    )
    shown = weights.shown
    has_headings = next(table.iter(*HEADINGS), None) is not None
    if has_headings and any(element.tag in HEADINGS for cell in cells for element in _own_elements(cell, shown)):
        return True
    filled: list[str] = []
    figures = 0
    for cell in cells:
        if text := squeezed(_own_text(cell, shown)) if holds_tables else weights.text(shown[cell]):
            filled.append(text)
            figures += len(text) <= 20 and bool(_DIGIT.search(text))
            if figures == _FIGURES_OF_DATA:  # as in most tables, in their first rows
                return False
    if not filled or (len(rows) == 1 and len(filled) <= 2):
        return True
    long_chars = sum(len(text) for text in filled if len(text) > _LONG_CELL)
    return long_chars > 0.5 * sum(len(text) for text in filled) or (holds_tables and len(filled) <= 3)


def _own_elements(cell: Element, shown: Container[Element]) -> Iterator[Element]:
    """The elements in a cell, without those in tables inside it."""
    for child in cell:
        if child in shown and child.tag != "table":
            yield child
            yield from _own_elements(child, shown)


def _own_text(element: Element, shown: Container[Element]) -> str:
    """Shown text without that of tables inside."""
    pieces = [element.text or ""]
    for child in element:
        if child in shown and child.tag != "table":
            pieces.append(_own_text(child, shown))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _span(cell: Element, name: str, most: int) -> int:
    """A span as HTML reads it: leading digits, 1 where there are none, cut to `most`."""
    if (span := cell.get(name)) is None:
        return 1
    match = re.match(r"\s*(\d{1,9})", span)
    return min(int(match[1]), most) if match else 1
