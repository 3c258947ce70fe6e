"""Grids to tables: text of cells, and tables that go on over a page break put together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.documents.model import Box, Cell, Table
from ingest.flat import shapes
from ingest.layout.downwards import part_downwards
from ingest.layout.grids import Grid, GridCell, clustered, split_stacked
from ingest.layout.marks import Glyph, confidence_of, lines_of

_PAGE_MARK = re.compile(r"[-‐‑–—―─]\s*\d{1,4}\s*[-‐‑–—―─]$")
_SET_APART = re.compile(r"[\d０-９](?: {1,2}[\d０-９])+$")
_SAME_EDGE = 8.0
_FULL = 0.7
_LOOKED_AT = 600


@dataclass(slots=True)
class Draft:
    """A table still with its column lines, so that its next page can be laid under it. Rows and columns from 0."""

    xs: list[float]
    rows: int
    cells: list[Cell]

    def table(self) -> Table:
        """The table with rows and columns counted from 1."""
        for cell in self.cells:
            cell.row, cell.col = cell.row + 1, cell.col + 1
        return Table(sorted(self.cells, key=lambda cell: (cell.row, cell.col)))


def draft_of(grid: Grid, page: int) -> Draft:
    """The table of a grid on a page."""
    part_downwards(grid)
    split_stacked(grid)
    cells = [
        Cell(
            cell.row,
            cell.col,
            cell_text(cell.glyphs, grid.xs[cell.col + cell.col_span] - grid.xs[cell.col]),
            cell.row_span,
            cell.col_span,
            page,
            confidence_of(cell.glyphs),
            _frame(grid, cell),
        )
        for cell in grid.cells
    ]
    return Draft(grid.xs, len(grid.ys) - 1, cells)


def _frame(grid: Grid, cell: GridCell) -> Box:
    """The cell between its ruling lines."""
    return Box(
        grid.xs[cell.col],
        grid.ys[cell.row],
        grid.xs[cell.col + cell.col_span],
        grid.ys[cell.row + cell.row_span],
    )


def cell_text(glyphs: list[Glyph], width: float) -> str:
    """Text of a cell: wrapped lines joined, page marks dropped, digits set apart in one number drawn together."""
    lines = [line for line in lines_of(glyphs) if not _PAGE_MARK.match(line.text)]
    text = ""
    full = False
    for line in lines:
        piece = line.text
        if text and shapes.is_value(text.rpartition("\n")[2]) and shapes.is_value(piece):
            # a number broken at the cell's edge goes on; values below each other stay apart
            text += piece if full else "\n" + piece
        else:
            text = shapes.join_lines(text, piece) if text else piece
        full = line.x1 - line.x0 >= _FULL * width
    return text.replace(" ", "") if _SET_APART.match(text) else text


def goes_on(above: Draft, below: Draft) -> bool:
    """Whether the table at the foot of a page may go on in the one at the head of the next: edges in one place."""
    return abs(above.xs[0] - below.xs[0]) <= _SAME_EDGE and abs(above.xs[-1] - below.xs[-1]) <= _SAME_EDGE


def join(above: Draft, below: Draft) -> Draft:
    """
    One table of two: columns matched by their lines, repeated head rows dropped, cells cut by the break mended.

    `above` is used up. Only its first and last rows are looked at, so that a table over many pages stays cheap.
    """
    xs = clustered([*above.xs, *below.xs], _SAME_EDGE)
    if len(xs) > max(len(above.xs), len(below.xs)) and min(_widths(xs)) < _SAME_EDGE:
        xs = max(above.xs, below.xs, key=len)
    if len(xs) == len(above.xs):
        xs = above.xs
    else:
        _on_columns(above, xs)
    _on_columns(below, xs)
    upper, lower = above.cells, below.cells
    repeated = _repeated_heads(upper[:_LOOKED_AT], lower)
    lower = [cell for cell in lower if cell.row >= repeated]
    shift = above.rows - repeated
    for cell in lower:
        cell.row += shift
    lower = _mend_spans(upper[-_LOOKED_AT:], lower, above.rows)
    rows = above.rows + below.rows - repeated
    if _mend_row(upper[-_LOOKED_AT:], lower, above.rows):
        for cell in lower:
            cell.row -= 1
        rows -= 1
    upper += lower
    return Draft(xs, rows, upper)


def _widths(xs: list[float]) -> list[float]:
    return [right - left for left, right in pairwise(xs)]


def _on_columns(draft: Draft, xs: list[float]) -> None:
    """The cells counted on other column lines."""
    places = [min(range(len(xs)), key=lambda index: abs(xs[index] - x)) for x in draft.xs]
    for cell in draft.cells:
        begin, end = places[cell.col], places[cell.col + cell.col_span]
        # a column narrower than the others' lines tell apart shares the place of the one before it
        begin = min(begin, len(xs) - 2)
        cell.col, cell.col_span = begin, max(end - begin, 1)


def _row(cells: list[Cell], row: int) -> list[Cell]:
    return [cell for cell in cells if cell.row == row]


def _repeated_heads(upper: list[Cell], lower: list[Cell]) -> int:
    """How many rows at the top of the lower part repeat the top of the upper one."""
    count = 0
    last = max((cell.row for cell in lower), default=0)
    while count <= last:
        texts = [[shapes.plain(cell.text) for cell in _row(part, count)] for part in (upper, lower)]
        if texts[0] != texts[1] or not any(texts[0]) or any(shapes.is_value(text) for text in texts[0] if text):
            break
        count += 1
    heads = [cell for cell in lower if cell.row < count]
    # rows of column heads have text in two cells at least; a lone label repeated is no head
    return count if any(sum(bool(cell.text) for cell in _row(heads, row)) > 1 for row in range(count)) else 0


def _mend_spans(upper: list[Cell], lower: list[Cell], rows: int) -> list[Cell]:
    """Cells over several rows that the break cut: the rest below is empty, or the same text, or its end."""
    kept: list[Cell] = []
    for cell in lower:
        whole = next(
            (
                other
                for other in upper
                if other.row + other.row_span == rows and (other.col, other.col_span) == (cell.col, cell.col_span)
            ),
            None,
        )
        if cell.row == rows and whole is not None and _is_rest(whole, cell):
            if shapes.plain(cell.text) != shapes.plain(whole.text):
                whole.text = shapes.join_lines(whole.text, cell.text)
            whole.row_span += cell.row_span
        else:
            kept.append(cell)
    return kept


def _is_rest(whole: Cell, rest: Cell) -> bool:
    if whole.row_span == 1 and rest.row_span == 1:
        return False
    if not shapes.is_label(whole.text) and whole.text:
        return False
    if not rest.text or shapes.plain(rest.text) == shapes.plain(whole.text):
        return True
    return shapes.is_label(rest.text) and not shapes.is_enumerated(rest.text) and bool(whole.text)


def _mend_row(upper: list[Cell], lower: list[Cell], rows: int) -> bool:
    """A row that the break cut: the end of its label below the break goes to the label above, values to their cells."""
    first, last = _row(lower, rows), _row(upper, rows - 1)
    tails = [cell for cell in first if cell.text]
    if not tails or any(cell.row_span > 1 for cell in first):
        return False
    at_place = {(cell.col, cell.col_span): cell for cell in last}
    if any((cell.col, cell.col_span) not in at_place for cell in first):
        return False
    if not _is_cut(at_place, tails):
        return False
    for cell in tails:
        above = at_place[cell.col, cell.col_span]
        above.text = shapes.join_lines(above.text, cell.text) if above.text else cell.text
    lower[:] = [cell for cell in lower if cell.row > rows]
    return True


def _is_cut(above: dict[tuple[int, int], Cell], tails: list[Cell]) -> bool:
    """Whether these texts end the row above: labels only, or values for an open label that has none yet."""
    labels = [cell for cell in tails if not shapes.is_value(cell.text)]
    if any(shapes.is_enumerated(cell.text) or not above[cell.col, cell.col_span].text for cell in labels):
        return False
    values = [cell for cell in tails if shapes.is_value(cell.text)]
    if any(above[cell.col, cell.col_span].text for cell in values):
        return False
    has_values = any(shapes.is_value(cell.text) for cell in above.values())
    if not values:
        return has_values and bool(labels)
    return bool(labels) and any(shapes.is_open(above[cell.col, cell.col_span].text) for cell in labels)
