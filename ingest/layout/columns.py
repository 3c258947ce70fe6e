"""Tables without ruling lines: columns found by where values stand, rows by where labels begin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.flat import shapes
from ingest.layout.marks import Line, confidence_of
from ingest.model import Cell, Table

_FEWEST_ROWS = 3
_MOST_LABELS_BETWEEN = 3


@dataclass(slots=True)
class Found:
    """A table in lines [start, end)."""

    start: int
    end: int
    table: Table


@dataclass(slots=True)
class _Row:
    """Label pieces and the cells by value column; `middle` is where its values stand."""

    labels: list[Line]
    cells: dict[int, list[Line]]
    middle: float


def tables_of(lines: list[Line], page: int) -> list[Found]:
    """Tables in lines of one page, from top to bottom."""
    cut = [line.segments() for line in lines]
    wide = [len(segments) > 1 and all(not shapes.is_prose(segment.text) for segment in segments) for segments in cut]
    found: list[Found] = []
    at = 0
    while at < len(lines):
        end = _run_end(lines, wide, at) if wide[at] else at
        if end - at >= _FEWEST_ROWS:
            table = _table(cut[at:end], page)
            if table is not None:
                found.append(Found(at, end, table))
                at = end
                continue
        at += 1
    return found


def _run_end(lines: list[Line], wide: list[bool], start: int) -> int:
    """Where lines of several segments end, with short labels allowed between them."""
    end = at = start + 1
    while at < len(lines) and at - end <= _MOST_LABELS_BETWEEN:
        if wide[at]:
            end = at + 1
        elif not shapes.is_label(lines[at].text):
            break
        at += 1
    return end


def _table(rows: list[list[Line]], page: int) -> Table | None:
    columns = _columns(rows)
    with_values = [row for row in rows if any(shapes.is_value(segment.text) for segment in row)]
    labelled = [row for row in with_values if shapes.is_label(row[0].text)]
    if not columns or len(with_values) < _FEWEST_ROWS or 2 * len(labelled) < len(with_values):
        return None
    placed = [_placed(row, columns) for row in rows]
    whole = _with_wrapped_labels(_with_wrapped_heads(placed))
    cells: list[Cell] = []
    for number, row in enumerate(whole, 1):
        pieces = _label_cells(row.labels)
        pieces += [row.cells.get(column, []) for column in range(len(columns))] if row.cells else []
        for col, lines in enumerate(pieces, 1):
            glyphs = [glyph for line in lines for glyph in line.glyphs]
            text = ""
            for line in lines:
                text = shapes.join_lines(text, line.text)
            cells.append(Cell(number, col, text, page=page, confidence=confidence_of(glyphs)))
    return Table(cells, kind="flat")


def _columns(rows: list[list[Line]]) -> list[tuple[float, float]]:
    """Left and right edges of the columns in which values and units stand."""
    spans = sorted(
        (segment.x0, segment.x1)
        for row in rows
        for segment in row[1 if len(row) > 1 else 0 :]
        if shapes.is_value(segment.text) or shapes.is_unit(segment.text)
    )
    columns: list[tuple[float, float]] = []
    counts: list[int] = []
    for left, right in spans:
        if columns and left <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
            counts[-1] += 1
        else:
            columns.append((left, right))
            counts.append(1)
    return [column for column, count in zip(columns, counts, strict=True) if count > 1]


def _placed(segments: list[Line], columns: list[tuple[float, float]]) -> _Row:
    """Segments left of the first column are labels; each other goes to the column nearest to its middle."""
    edge = columns[0][0]
    labels: list[Line] = []
    cells: dict[int, list[Line]] = {}
    for segment in segments:
        middle = (segment.x0 + segment.x1) / 2
        if middle < edge - segment.size and not shapes.is_value(segment.text):
            labels.append(segment)
        else:
            column = min(range(len(columns)), key=lambda index: abs(sum(columns[index]) / 2 - middle))
            cells.setdefault(column, []).append(segment)
    return _Row(labels, cells, segments[0].middle)


def _has_value(row: _Row) -> bool:
    return any(shapes.is_value(line.text) for lines in row.cells.values() for line in lines)


def _with_wrapped_heads(rows: list[_Row]) -> list[_Row]:
    """Lines of column heads that stand close above each other as one row."""
    merged: list[_Row] = []
    for row in rows:
        above = merged[-1] if merged else None
        if above is not None and above.cells and row.cells and not _has_value(above) and not _has_value(row):
            size = next(iter(row.cells.values()))[0].size
            if row.middle - above.middle < 1.4 * size:
                above.labels += row.labels
                for column, lines in row.cells.items():
                    above.cells.setdefault(column, []).extend(lines)
                above.middle = row.middle
                continue
        merged.append(row)
    return merged


def _with_wrapped_labels(rows: list[_Row]) -> list[_Row]:
    """Lines of a label alone put to the row whose label they begin or end."""
    middles = [row.middle for row in rows if row.cells]
    pitch = median([low - high for high, low in pairwise(middles)] or [0.0])
    whole: list[_Row] = []
    waiting: list[_Row] = []
    for number, row in enumerate(rows):
        if row.cells:
            row.labels = [line for wrapped in waiting for line in wrapped.labels] + row.labels
            waiting = []
            whole.append(row)
            continue
        above = next((other for other in reversed(whole) if other.cells), None)
        below = next((other for other in rows[number + 1 :] if other.cells), None)
        up = row.middle - above.middle if above is not None and _has_value(above) else None
        down = below.middle - row.middle if below is not None else None
        begins = shapes.is_enumerated(row.labels[0].text)
        near_below = below is not None and down is not None and down < 0.75 * pitch and not _begins(below)
        if near_below and down is not None and (up is None or up > down):
            waiting.append(row)
        elif above is not None and up is not None and up < 0.75 * pitch and not begins and above is whole[-1]:
            above.labels += row.labels
        else:
            whole += [*waiting, row]
            waiting = []
    return whole + waiting


def _begins(row: _Row) -> bool:
    return bool(row.labels) and shapes.is_enumerated(row.labels[-1].text)


def _label_cells(labels: list[Line]) -> list[list[Line]]:
    """Label pieces of one row by cell: pieces above each other are lines of one cell, side by side they are several."""
    cells: list[list[Line]] = []
    for piece in labels:
        over = next((cell for cell in cells if _is_under(piece, cell[-1])), None)
        if over is None:
            cells.append([piece])
        else:
            over.append(piece)
    return cells


def _is_under(piece: Line, above: Line) -> bool:
    return piece.middle > above.bottom and piece.x0 < above.x1 and above.x0 < piece.x1
