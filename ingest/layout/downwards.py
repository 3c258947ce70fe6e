"""Labels written downwards beside the labels of their rows, in a column of their own that no ruling line parts off."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from statistics import median

from ingest.layout.grids import Grid, GridCell
from ingest.layout.marks import Glyph, lines_of

_FEWEST = 4
"""Characters of the shortest such label: fewer, one above the other, may stand so by chance."""
_ONE_BELOW = 0.3
"""Widths of a character by which the middles of characters below each other may differ."""
_BESIDE = 0.1
"""Widths of a character that part the label from what stands beside it."""
_NEAREST, _FARTHEST = 0.7, 3.0
_EVEN = 1.6
_OFF_LINE = 0.2


def part_downwards(grid: Grid) -> None:
    """Give each label that is written downwards beside others a cell of its own, over the rows that it heads."""
    col = 0
    while col < len(grid.xs) - 1:
        chain = _chain([cell for cell in grid.cells if cell.col == col and cell.glyphs])
        if chain is None or not _part_off(grid, col, chain):
            col += 1


def _chain(cells: list[GridCell]) -> list[Glyph] | None:
    """The characters of a label written downwards in the cells of a column, None where there is none."""
    firsts = [
        (glyph, cell.glyphs)
        for cell in cells
        for glyph in cell.glyphs
        if _is_han(glyph) and _stands_first(glyph, cell.glyphs)
    ]
    if len(firsts) < _FEWEST:
        return None
    width = median(glyph.x1 - glyph.x0 for glyph, _ in firsts)
    alone = [
        glyph
        for glyph, others in firsts
        if all(other.x0 - glyph.x1 >= _BESIDE * width for other in others if _is_level(glyph, other))
    ]
    alone.sort(key=lambda glyph: glyph.middle)
    for start in range(len(alone)):
        chain = [alone[start]]
        for glyph in alone[start + 1 :]:
            apart = glyph.middle - chain[-1].middle
            is_below = abs(glyph.x0 + glyph.x1 - chain[-1].x0 - chain[-1].x1) / 2 <= _ONE_BELOW * width
            if is_below and _NEAREST * width <= apart <= _FARTHEST * width:
                chain.append(glyph)
        if len(chain) >= _FEWEST and _is_even(chain) and _is_beside(chain, cells, width):
            return chain
    return None


def _stands_first(glyph: Glyph, others: list[Glyph]) -> bool:
    """Whether nothing stands left of a glyph at its height."""
    begin = glyph.x1 - 0.1 * (glyph.x1 - glyph.x0)
    return not any(other.x0 < begin and _is_level(glyph, other) for other in others)


def _is_level(glyph: Glyph, other: Glyph) -> bool:
    """Whether another glyph stands at the height of a glyph."""
    shared = min(other.bottom, glyph.bottom) - max(other.top, glyph.top)
    return other is not glyph and shared > 0.3 * min(other.bottom - other.top, glyph.bottom - glyph.top)


def _is_han(glyph: Glyph) -> bool:
    return "\u3400" <= glyph.text[:1] <= "\u9fff" or glyph.text in "、（）()，"


def _is_even(chain: list[Glyph]) -> bool:
    gaps = [below.middle - above.middle for above, below in pairwise(chain)]
    return max(gaps) <= _EVEN * min(gaps)


def _is_beside(chain: list[Glyph], cells: list[GridCell], width: float) -> bool:
    """Whether labels stand right of a chain, in other lines than its characters, and nothing stands in its column."""
    known = {id(glyph) for glyph in chain}
    others = [
        glyph
        for cell in cells
        for glyph in cell.glyphs
        if id(glyph) not in known and chain[0].top <= glyph.middle <= chain[-1].bottom
    ]
    if not others or min(glyph.x0 for glyph in others) < max(glyph.x1 for glyph in chain) + _BESIDE * width:
        return False
    middles = [line.middle for line in lines_of(others)]
    off = sum(min(abs(glyph.middle - middle) for middle in middles) > _OFF_LINE * width for glyph in chain)
    return len(middles) > 1 and 2 * off >= len(chain)


def _part_off(grid: Grid, col: int, chain: list[Glyph]) -> bool:
    """Cut a column between a chain and what stands beside it; False where cells of the rows do not let it."""
    right = max(glyph.x1 for glyph in chain)
    first, last = (max(bisect_left(grid.ys, glyph.middle) - 1, 0) for glyph in (chain[0], chain[-1]))
    known = {id(glyph) for glyph in chain}

    def leaves_room(row: int) -> bool:
        own = [cell for cell in grid.cells if cell.col == col and cell.row <= row < cell.row + cell.row_span]
        texts = [glyph for cell in own for glyph in cell.glyphs if id(glyph) not in known]
        return bool(texts) and all(glyph.x0 > right for glyph in texts)

    while first > 0 and leaves_room(first - 1):
        first -= 1
    while last < len(grid.ys) - 2 and leaves_room(last + 1):
        last += 1
    own = [
        cell for cell in grid.cells if cell.col == col and cell.row <= last and cell.row + cell.row_span - 1 >= first
    ]
    if any(cell.row < first or cell.row + cell.row_span - 1 > last for cell in own):
        return False
    beside = [glyph.x0 for cell in own for glyph in cell.glyphs if id(glyph) not in known]
    grid.xs.insert(col + 1, (right + min(beside)) / 2)
    inside = {id(cell) for cell in own}
    for cell in grid.cells:
        if id(cell) in inside:
            cell.col += 1
            cell.glyphs = [glyph for glyph in cell.glyphs if id(glyph) not in known]
        elif cell.col > col:
            cell.col += 1
        elif cell.col + cell.col_span > col:
            cell.col_span += 1
    grid.cells.append(GridCell(first, col, last - first + 1, 1, chain))
    grid.cells.sort(key=lambda cell: (cell.row, cell.col))
    return True
