"""Sheets of spreadsheets to the parts of a document: tables of cells, and the texts that stand around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.documents.model import Block, Cell, Table
from ingest.flat import shapes


@dataclass(slots=True)
class Sheet:
    """A sheet's texts by row, the rows and columns that a merged cell at (row, column) from 0 covers, and the places of
    texts that the reader computed."""

    name: str
    rows: list[list[str]]
    merged: dict[tuple[int, int], tuple[int, int]]
    computed: set[tuple[int, int]] = field(default_factory=set)


def as_sheet(table: Table) -> Sheet:
    """A table of a page that a spreadsheet program wrote: its sheet."""
    height = max(cell.row + cell.row_span for cell in table.cells) - 1
    width = max(cell.col + cell.col_span for cell in table.cells) - 1
    rows = [[""] * width for _ in range(height)]
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for cell in table.cells:
        rows[cell.row - 1][cell.col - 1] = cell.text
        if cell.row_span > 1 or cell.col_span > 1:
            merged[cell.row - 1, cell.col - 1] = cell.row_span, cell.col_span
    return Sheet("", rows, merged)


def parts_of(sheet: Sheet, page: int | None) -> Iterator[Block | Table]:
    """Rows of several texts are tables; rows of one text are headings and paragraphs, unless a table goes on."""
    texts = [[text for text in row if text.strip()] for row in sheet.rows]
    table: list[int] = []
    for row, filled in enumerate(texts):
        if len(filled) > 1 or (filled and table and _is_row(texts, row)):
            table.append(row)
            continue
        if table:
            yield _table(sheet, table, page)
            table = []
        if filled:
            yield Block(filled[0], page=page)
    if table:
        yield _table(sheet, table, page)


def _is_row(texts: list[list[str]], row: int) -> bool:
    """Whether a row with one text is part of the table above: a group's label, no heading, sentence or note."""
    text = texts[row][0]
    below = texts[row + 1] if row + 1 < len(texts) else []
    if shapes.is_prose(text) or not below:
        return False
    if shapes.is_chapter(text):
        return len(below) > 1 and shapes.is_enumerated(below[0]) and any(map(shapes.is_value, below))
    return len(below) > 1 or any(len(later) > 1 for later in texts[row + 1 : row + 3])


def _table(sheet: Sheet, numbers: list[int], page: int | None) -> Table:
    """The table in these rows, without the columns at its right that only other tables of the sheet use."""
    cells: list[Cell] = []
    first = numbers[0]
    covered: set[tuple[int, int]] = set()
    width = 0
    for row in numbers:
        for col, text in enumerate(sheet.rows[row]):
            if (row, col) in covered:
                continue
            down, across = sheet.merged.get((row, col), (1, 1))
            down = min(down, numbers[-1] - row + 1)
            covered.update((row + r, col + c) for r in range(down) for c in range(across))
            is_computed = (row, col) in sheet.computed
            cells.append(Cell(row - first + 1, col + 1, text, down, across, page, is_computed=is_computed))
            if text.strip():
                width = max(width, col + across)
    return Table([cell for cell in cells if cell.col <= width])
