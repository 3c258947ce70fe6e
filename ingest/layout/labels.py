"""Labels of rows in tables without lines: wrapped ones put together, and those of groups of rows told from them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from ingest.flat import shapes
from ingest.layout.grids import clustered
from ingest.layout.marks import Line, are_alike, line_of

SAME_START = 2.5
"""Points by which pieces of one column may begin apart."""
CLOSE = 1.75
"""Heights between the middles of lines in one cell, at most."""
_CELL_GAP = 0.12
_BESIDE = 0.6
_LARGEST_GROUP = 60

LabelRow = tuple[list[list[Line]], list[Line]]
"""Labels of a row, each as its pieces from top to bottom, and the cells (none for a group's label or a head)."""


@dataclass(slots=True)
class _Block:
    """Pieces of one label below each other, in one label column."""

    col: int
    pieces: list[Line]
    has_leaf: bool

    @property
    def middle(self) -> float:
        return (self.pieces[0].middle + self.pieces[-1].middle) / 2

    @property
    def text(self) -> str:
        text = ""
        for piece in self.pieces:
            text = shapes.join_lines(text, piece.text)
        return text


def label_rows(lines: list[tuple[list[Line], list[Line]]]) -> list[LabelRow]:
    """
    Rows of (labels, cells) out of lines of (label pieces, cells).

    A wrapped label stands around the middle of its row, or begins beside it; what is beside no row is the label of a
    group, or a head.
    """
    starts = _starts([piece for pieces, _ in lines for piece in pieces])
    cut = [([part for piece in pieces for part in _cut_at(piece, starts)], cells) for pieces, cells in lines]
    blocks = sorted(_blocks(cut, starts), key=lambda block: block.middle)
    middles = [block.middle for block in blocks]
    of_piece = {id(piece): block for block in blocks for piece in block.pieces}
    rows: list[LabelRow] = []
    used: set[int] = set()
    for pieces, cells in cut:
        if cells:
            middle, near = cells[0].middle, _BESIDE * cells[0].size
            level = blocks[bisect_left(middles, middle - near) : bisect_right(middles, middle + near)]
            both = {id(block): block for block in [*level, *(of_piece[id(piece)] for piece in pieces)]}
            beside = [block for block in both.values() if id(block) not in used]
            leaf = max(beside, key=lambda block: (block.col, -abs(block.middle - cells[0].middle)), default=None)
            labels = [block for block in beside if block is leaf or _is_row_number(block)]
            used.update(id(block) for block in labels)
            rows.append(([block.pieces for block in sorted(labels, key=lambda block: block.col)], cells))
    return _with_groups(rows, [block for block in blocks if id(block) not in used])


def _starts(pieces: list[Line]) -> list[float]:
    """Where label columns begin: left edges that several pieces share."""
    lefts = [piece.x0 for piece in pieces]
    return [
        start for start in clustered(lefts, SAME_START) if sum(abs(left - start) <= SAME_START for left in lefts) > 1
    ]


def _cut_at(piece: Line, starts: list[float]) -> list[Line]:
    """A piece cut where a label column begins, if the glyphs stand a little apart there or a numbered label begins."""
    runs = [[piece.glyphs[0]]]
    for number, glyph in enumerate(piece.glyphs[1:], 1):
        if any(abs(glyph.x0 - start) <= SAME_START for start in starts) and (
            glyph.x0 - runs[-1][-1].x1 > _CELL_GAP * piece.size
            or shapes.is_enumerated("".join(rest.text for rest in piece.glyphs[number : number + 4]))
        ):
            runs.append([glyph])
        else:
            runs[-1].append(glyph)
    return [line_of(run) for run in runs]


def _blocks(lines: list[tuple[list[Line], list[Line]]], starts: list[float]) -> list[_Block]:
    """Pieces below each other put together; two that stand beside rows as their own labels are never one."""
    blocks: list[_Block] = []
    last: dict[int, _Block] = {}
    for pieces, cells in lines:
        for piece in pieces:
            col = sum(start <= piece.x0 + SAME_START for start in starts)
            is_leaf = bool(cells) and piece is pieces[-1]
            block = last.get(col)
            if block is not None and _goes_on(block, piece) and not (is_leaf and block.has_leaf):
                block.pieces.append(piece)
                block.has_leaf = block.has_leaf or is_leaf
            else:
                last[col] = _Block(col, [piece], is_leaf)
                blocks.append(last[col])
    return blocks


def _goes_on(block: _Block, piece: Line) -> bool:
    if piece.middle - block.pieces[-1].middle > CLOSE * max(piece.size, block.pieces[-1].size):
        return False
    return are_alike(piece, block.pieces[-1]) and (shapes.is_open(block.text) or not shapes.is_enumerated(piece.text))


def _is_row_number(block: _Block) -> bool:
    return len(block.pieces) == 1 and shapes.is_value(block.pieces[0].text)


def _with_groups(rows: list[LabelRow], groups: list[_Block]) -> list[LabelRow]:
    """Labels of groups and heads in rows of their own, before the row that they stand above or begin at."""
    before: dict[int, list[_Block]] = {}
    middles = [cells[0].middle for _, cells in rows]
    for block in sorted(groups, key=lambda block: (block.pieces[0].middle, block.pieces[0].x0)):
        before.setdefault(_first_row(rows, middles, block), []).append(block)
    with_groups: list[LabelRow] = []
    for index in range(len(rows) + 1):
        row: list[list[Line]] = []
        for block in before.get(index, []):
            if row and abs(block.pieces[0].middle - row[0][0].middle) > _BESIDE * block.pieces[0].size:
                with_groups.append((row, []))
                row = []
            row = sorted([*row, block.pieces], key=lambda pieces: pieces[0].x0)
        if row:
            with_groups.append((row, []))
        with_groups += rows[index : index + 1]
    return with_groups


def _first_row(rows: list[LabelRow], middles: list[float], block: _Block) -> int:
    """The row before which a group's label goes: the last with 1. or （一） above its middle, else by its place."""
    if shapes.is_enumerated(block.text) and len(block.pieces) > 1:
        below = bisect_right(middles, block.middle + block.pieces[0].size)
        for index in range(below - 1, max(below - _LARGEST_GROUP, 0) - 1, -1):
            labels, _ = rows[index]
            is_right = bool(labels) and labels[0][0].x0 > block.pieces[0].x0 + SAME_START
            if is_right and shapes.is_first(labels[0][0].text):
                return index
    return bisect_left(middles, block.pieces[0].middle)
