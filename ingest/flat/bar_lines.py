"""Tables with a bar on a line of its own, or before a line, wherever a cell ends."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.flat import shapes
from ingest.flat.lines import Found, Line, is_heading, is_table
from ingest.flat.rows import Piece, rows_of

_FEWEST_BARS = 5
_LONGEST_CELL = 4
"""Lines of a cell."""


def bar_lines(lines: list[Line], start: int, end: int) -> Iterator[Found]:
    at = start
    while at < end:
        if not _is_barred(lines[at]):
            at += 1
            continue
        first = at - 1 if at > start and _is_part(lines[at - 1]) else at
        stop = _run_end(lines, at, end)
        bars = sum(_is_barred(line) for line in lines[first:stop])
        if bars >= _FEWEST_BARS and bars * 5 >= stop - first:
            rows = rows_of(_cells(lines[first:stop]))
            if is_table(rows):
                yield Found(first, stop, rows)
        at = max(stop, at + 1)


def _is_bar(line: Line) -> bool:
    text = shapes.bare(line.text)
    return bool(text) and not text.strip(shapes.BARS)


def _is_barred(line: Line) -> bool:
    """Whether a line is a bar, or a bar and a cell."""
    return shapes.bare(line.text)[:1] in tuple(shapes.BARS) and (_is_bar(line) or _is_part(line))


def _is_part(line: Line) -> bool:
    """Whether a line may be a cell or a part of one, with a bar before it or none."""
    text = shapes.bare(line.text).lstrip(shapes.BARS)
    return not any(bar in text for bar in shapes.BARS) and not shapes.is_prose(text)


def _run_end(lines: list[Line], start: int, end: int) -> int:
    """Where lines of cells with bars between them end: at the last bar."""
    last = at = start
    while at < end and at - last <= _LONGEST_CELL:
        if _is_barred(lines[at]):
            last = at
        elif not _is_part(lines[at]) or (at == last + 1 and _is_heading_here(lines, at, end)):
            break
        at += 1
    return last + 1


def _is_heading_here(lines: list[Line], at: int, end: int) -> bool:
    """Whether a line heads a chapter: no bar comes right after it, and no values."""
    return not (at + 1 < end and _is_barred(lines[at + 1])) and is_heading(lines, at, end)


def _cells(lines: list[Line]) -> list[Piece]:
    """The cells between the bars; one of several lines is put together."""
    cells: list[Piece] = []
    is_open = False
    for line in lines:
        text = shapes.bare(line.text)
        bars = len(text) - len(text.lstrip(shapes.BARS))
        for _ in range(bars - 1 if is_open else bars):
            cells.append(line.piece(""))
        if bars:
            is_open = False
        if text := shapes.bare(text[bars:]):
            if is_open:
                cells[-1] = Piece(shapes.join_lines(cells[-1].text, text), cells[-1].page, cells[-1].confidence)
            else:
                cells.append(line.piece(text))
            is_open = True
    return cells
