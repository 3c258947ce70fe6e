"""Heads of tables whose merged cells were lost: a row that is too short stands under the one head as wide as it."""

from __future__ import annotations

from ingest.documents.model import Cell

_HEAD_ROWS = 3


def set_under_heads(cells: list[Cell]) -> None:
    """
    Move rows of heads that lack what a cell above covers, and let that cell cover it again.

    Some programs save a cell over two rows as a cell of one and leave its place in the next row out, so that all that
    follows there stands too far left, under the wrong head.
    """
    width = max((cell.col + cell.col_span for cell in cells), default=1) - 1
    for row in range(2, _HEAD_ROWS + 1):
        own = [cell for cell in cells if cell.row == row]
        covered = sum(cell.col_span for cell in cells if cell.row < row < cell.row + cell.row_span)
        wide = sum(cell.col_span for cell in own)
        if not own or covered + wide >= width or any(cell.text.isdecimal() for cell in own):
            continue
        above = [cell for cell in cells if cell.row == row - 1]
        heads = [cell for cell in above if cell.col_span == wide > 1]
        if len(heads) != 1 or len(above) < 2 or own[0].col == heads[0].col:
            continue
        by = heads[0].col - own[0].col
        for cell in own:
            cell.col += by
        for cell in above:
            cell.row_span += cell is not heads[0]
