"""Ruling lines to grids of cells: lines that touch make one table, and a cell ends where a line stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.flat.shapes import is_value
from ingest.layout.marks import Glyph, Ruling, lines_of

_COVERED = 0.6
_MOST_LINES = 20_000
_MOST_PLACES = 250_000


@dataclass(slots=True)
class GridCell:
    """A cell by its first row and column (from 0) and how many it covers, with the glyphs in it."""

    row: int
    col: int
    row_span: int
    col_span: int
    glyphs: list[Glyph] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """A table's lines (`xs`, `ys` in points) and cells."""

    xs: list[float]
    ys: list[float]
    cells: list[GridCell]

    @property
    def top(self) -> float:
        return self.ys[0]

    @property
    def bottom(self) -> float:
        return self.ys[-1]

    def holds(self, glyph: Glyph) -> bool:
        """Whether the middle of a glyph lies inside."""
        return self.xs[0] <= (glyph.x0 + glyph.x1) / 2 <= self.xs[-1] and self.ys[0] <= glyph.middle <= self.ys[-1]


def grids_of(horizontals: list[Ruling], verticals: list[Ruling], glyphs: list[Glyph], tolerance: float) -> list[Grid]:
    """Tables with text in two cells at least, from top to bottom; every glyph inside one is in a cell of it."""
    if len(horizontals) + len(verticals) > _MOST_LINES:
        return []
    across = _merged(horizontals, tolerance)
    down = _merged(verticals, tolerance)
    grids: list[Grid] = []
    for some_across, some_down in _touching(across, down, tolerance):
        grid = _grid(some_across, some_down, tolerance)
        if grid is not None and len(grid.cells) > 1:
            grids += _apart(grid)
    grids.sort(key=lambda grid: (grid.top, grid.xs[0]))
    grids = [grid for grid in grids if not any(_inside_cell(grid, other) for other in grids if other is not grid)]
    _fill(grids, glyphs)
    return [grid for grid in grids if sum(bool(cell.glyphs) for cell in grid.cells) > 1]


def _inside_cell(grid: Grid, other: Grid) -> bool:
    """Whether a grid lies inside one cell of another: its text is that cell's."""
    return any(
        other.xs[cell.col] <= grid.xs[0]
        and grid.xs[-1] <= other.xs[cell.col + cell.col_span]
        and other.ys[cell.row] <= grid.ys[0]
        and grid.ys[-1] <= other.ys[cell.row + cell.row_span]
        for cell in other.cells
    )


def _apart(grid: Grid) -> list[Grid]:
    """The grids of tables that stand edge to edge: where a row has none of the inner lines of the row above."""
    inner = [_inner_lines(grid, row) for row in range(len(grid.ys) - 1)]
    over = {row for cell in grid.cells for row in range(cell.row + 1, cell.row + cell.row_span)}
    cuts = [
        row
        for row in range(1, len(inner))
        if row not in over and inner[row] and inner[row - 1] and not inner[row] & inner[row - 1]
    ]
    bounds = [0, *cuts, len(inner)]
    return [_part(grid, first, last) for first, last in pairwise(bounds)] if cuts else [grid]


def _inner_lines(grid: Grid, row: int) -> set[int]:
    return {cell.col for cell in grid.cells if cell.row <= row < cell.row + cell.row_span and cell.col}


def _part(grid: Grid, first: int, last: int) -> Grid:
    """Rows [first, last) as a grid of their own, without columns that none of its cells begins."""
    cells = [cell for cell in grid.cells if first <= cell.row < last]
    cols = sorted({cell.col for cell in cells} | {cell.col + cell.col_span for cell in cells})
    for cell in cells:
        begin, end = cols.index(cell.col), cols.index(cell.col + cell.col_span)
        cell.row, cell.col, cell.col_span = cell.row - first, begin, end - begin
    return Grid([grid.xs[col] for col in cols], grid.ys[first : last + 1], cells)


def split_stacked(grid: Grid) -> None:
    """Cut rows in which several cells hold values one above the other: the lines between them were not drawn."""
    row = 0
    while row < len(grid.ys) - 1:
        stacks = [
            [line.middle for line in lines]
            for cell in grid.cells
            if cell.row == row
            and cell.row_span == 1
            and len(lines := lines_of(cell.glyphs)) > 1
            and all(is_value(line.text) for line in lines)
        ]
        count = len(stacks[0]) if stacks else 1
        if len(stacks) > 1 and all(_level(stack, stacks[0]) for stack in stacks):
            _cut(grid, row, [(one + other) / 2 for one, other in pairwise(stacks[0])])
            row += count
        else:
            row += 1


def _level(stack: list[float], other: list[float]) -> bool:
    return len(stack) == len(other) and all(abs(one - two) < 3 for one, two in zip(stack, other, strict=True))


def _cut(grid: Grid, row: int, places: list[float]) -> None:
    """Cut one row at places inside it."""
    extra = len(places)
    grid.ys[row + 1 : row + 1] = places
    cells: list[GridCell] = []
    for cell in grid.cells:
        if cell.row > row:
            cell.row += extra
        elif cell.row + cell.row_span > row and cell.row_span > 1:
            cell.row_span += extra
        elif cell.row == row:
            for part in range(extra + 1):
                low, high = grid.ys[row + part], grid.ys[row + part + 1]
                glyphs = [
                    glyph
                    for glyph in cell.glyphs
                    if (part == 0 or glyph.middle >= low) and (part == extra or glyph.middle < high)
                ]
                cells.append(GridCell(row + part, cell.col, 1, cell.col_span, glyphs))
            continue
        cells.append(cell)
    grid.cells = sorted(cells, key=lambda cell: (cell.row, cell.col))


def clustered(values: Iterable[float], tolerance: float) -> list[float]:
    """Places in order, those closer than the tolerance drawn together to their mean."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= tolerance:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _merged(rulings: list[Ruling], tolerance: float) -> list[Ruling]:
    """Rulings on one line put together where they overlap or nearly touch."""
    edges = [
        {
            **{"orientation": "h", "x0": ruling.start, "x1": ruling.end, "width": ruling.end - ruling.start},
            **{"top": ruling.at, "bottom": ruling.at, "height": 0.0, "doctop": ruling.at},
        }
        for ruling in rulings
    ]
    # Imported here: who asks for no more than the version of a reader does without it.
    from pdfplumber.table import merge_edges

    # no snapping of places along the line itself (x), only of lines to each other (y)
    merged = merge_edges(edges, 0, tolerance, tolerance, tolerance)
    return [Ruling(edge["x0"], edge["x1"], edge["top"]) for edge in merged]


def _nearest(places: list[float], value: float) -> float:
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        if places[middle] < value:
            low = middle + 1
        else:
            high = middle
    near = places[max(low - 1, 0) : low + 1]
    return min(near, key=lambda place: abs(place - value))


def _touching(across: list[Ruling], down: list[Ruling], tolerance: float) -> list[tuple[list[Ruling], list[Ruling]]]:
    """Groups of rulings connected by crossings; a group has both kinds."""
    parent = list(range(len(across) + len(down)))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    by_place = sorted(range(len(across)), key=lambda index: across[index].at)
    places = [across[index].at for index in by_place]
    for number, vertical in enumerate(down):
        at = _first_at_least(places, vertical.start - tolerance)
        while at < len(places) and places[at] <= vertical.end + tolerance:
            horizontal = across[by_place[at]]
            if horizontal.start - tolerance <= vertical.at <= horizontal.end + tolerance:
                parent[find(by_place[at])] = find(len(across) + number)
            at += 1
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for index, ruling in enumerate(across):
        groups.setdefault(find(index), ([], []))[0].append(ruling)
    for index, ruling in enumerate(down):
        groups.setdefault(find(len(across) + index), ([], []))[1].append(ruling)
    return [group for group in groups.values() if group[0] and group[1]]


def _first_at_least(places: list[float], value: float) -> int:
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        if places[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


def _grid(across: list[Ruling], down: list[Ruling], tolerance: float) -> Grid | None:
    """Cells between the lines of one table; its open sides (lines left out at an edge) count as closed."""
    xs = _with_ends([ruling.at for ruling in down], across, tolerance)
    ys = _with_ends([ruling.at for ruling in across], down, tolerance)
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > _MOST_PLACES:
        return None
    right_of = _borders(xs, ys, down, tolerance)
    below = _borders(ys, xs, across, tolerance)
    rows, cols = len(ys) - 1, len(xs) - 1
    taken = [[False] * cols for _ in range(rows)]
    cells: list[GridCell] = []
    for row in range(rows):
        for col in range(cols):
            if taken[row][col]:
                continue
            right = col
            while right + 1 < cols and not taken[row][right + 1] and not right_of[right + 1][row]:
                right += 1
            low = row
            while (
                low + 1 < rows
                and not any(below[low + 1][at] or taken[low + 1][at] for at in range(col, right + 1))
                and not any(right_of[at][low + 1] for at in range(col + 1, right + 1))
            ):
                low += 1
            for at in range(row, low + 1):
                taken[at][col : right + 1] = [True] * (right - col + 1)
            cells.append(GridCell(row, col, low - row + 1, right - col + 1))
    return Grid(xs, ys, cells)


def _with_ends(places: list[float], others: list[Ruling], tolerance: float) -> list[float]:
    ends = [min(ruling.start for ruling in others), max(ruling.end for ruling in others)]
    inner = clustered({round(place, 2) for place in places}, tolerance)
    return sorted(inner + [end for end in ends if all(abs(end - place) > 2 * tolerance for place in inner)])


def _borders(places: list[float], between: list[float], rulings: list[Ruling], tolerance: float) -> list[list[bool]]:
    """For each place, whether a ruling there covers each gap of `between`."""
    found = [[False] * (len(between) - 1) for _ in places]
    for ruling in rulings:
        place = places.index(_nearest(places, ruling.at))
        if abs(places[place] - ruling.at) > tolerance:
            continue
        for gap in range(len(between) - 1):
            shared = min(ruling.end, between[gap + 1]) - max(ruling.start, between[gap])
            if shared >= _COVERED * (between[gap + 1] - between[gap]):
                found[place][gap] = True
    return found


def _fill(grids: list[Grid], glyphs: list[Glyph]) -> None:
    """Put each glyph into the cell under its middle."""
    middles = [((glyph.x0 + glyph.x1) / 2, glyph.middle, glyph) for glyph in glyphs]
    for grid in grids:
        places = {
            (row, col): cell
            for cell in grid.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for col in range(cell.col, cell.col + cell.col_span)
        }
        left, right, top, bottom = grid.xs[0], grid.xs[-1], grid.top, grid.bottom
        for across, middle, glyph in middles:
            if left <= across <= right and top <= middle <= bottom:
                row = max(_first_at_least(grid.ys, middle) - 1, 0)
                col = max(_first_at_least(grid.xs, across) - 1, 0)
                places[min(row, len(grid.ys) - 2), min(col, len(grid.xs) - 2)].glyphs.append(glyph)
