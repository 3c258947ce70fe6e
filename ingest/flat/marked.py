"""Tables whose cells still have marks: a tab before each, tabs between them, bars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.flat import shapes
from ingest.flat.lines import (
    Found,
    Line,
    Rows,
    chunk_end,
    filled_length,
    is_grid,
    is_heading,
    is_packed,
    is_small_table,
    is_table,
)
from ingest.flat.rows import Piece, rows_of

_BOX = re.compile(r"^[\s+\-=:|｜│┃─━┄┅┈┉┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬═║╭╮╯╰]+$")
_BAR = re.compile(rf"[{re.escape(shapes.BARS)}]")
_SURE_WIDTH = 5
"""Cells in every row from which on rows that are marked by blank lines only are sure."""
_GLUED = re.compile(r"^(\S+)\s+(\S.*)$", re.DOTALL)


def tabbed(lines: list[Line], start: int, end: int) -> Iterator[Found]:
    at = start
    while at < end:
        if not _is_tabbed(lines[at]):
            at += 1
            continue
        rows, stop, inner = _tabbed_run(lines, at, end)
        if is_table(rows) or is_small_table(rows):
            is_sure = is_grid(rows) and (inner or len(rows[0]) >= _SURE_WIDTH)
            yield Found(at, stop, rows, "grid" if is_sure else "flat")
        at = stop


def _is_tabbed(line: Line) -> bool:
    return "\t" in line.text and all(not shapes.is_prose(cell) for cell in line.text.split("\t"))


def _tabbed_run(lines: list[Line], start: int, end: int) -> tuple[Rows, int, bool]:
    """Rows, where they end, and whether tabs stand between cells."""
    rows: Rows = []
    at, inner = start, False
    while at < end:
        line = lines[at]
        if _is_tabbed(line):
            cells = [line.piece(text) for text in line.text.split("\t")]
            led = not cells[0].text
            inner = inner or len(cells) > 2 or not led
            if not led or len(cells) > 2 or line.gap or not rows:
                rows.append([])
            rows[-1] += cells[1:] if led and (len(cells) == 2 or not inner) else cells
        elif rows and inner and _is_title_row(lines, at, end):
            rows.append([line.piece(line.text)])
        elif rows and _continues_cell(lines, at, end, rows[-1][-1].text):
            last = rows[-1][-1]
            rows[-1][-1] = replace(last, text=shapes.join_lines(last.text, line.text))
        else:
            break
        at += 1
    wide = sum(len(row) > 1 for row in rows)
    if not inner and (wide * 3 < len(rows) or (len(rows) == 1 and len(rows[0]) > 6)):
        rows = rows_of([piece for row in rows for piece in row])
    return rows, at, inner


def _is_title_row(lines: list[Line], at: int, end: int) -> bool:
    """Whether a line without marks between lines with them is a row of one cell: heads without values follow it."""
    if at + 1 >= end or lines[at].gap or lines[at + 1].gap or not shapes.is_label(lines[at].text):
        return False
    below = [shapes.bare(cell) for cell in re.split(r"\t", lines[at + 1].text)]
    below = _bar_cells(lines[at + 1].text) if len(below) < 2 else below
    return len(below) > 1 and not any(shapes.is_value(cell) for cell in below)


def _continues_cell(lines: list[Line], at: int, end: int, cell: str) -> bool:
    """Whether a line without a tab goes on with the cell before: the label was broken over lines."""
    text = lines[at].text
    if shapes.is_value(cell) or not cell or shapes.is_prose(text) or shapes.is_prose(cell + text):
        return False
    if any(_is_tabbed(line) for line in lines[at + 1 : chunk_end(lines, at, end)]):
        return True
    return not lines[at].gap and not shapes.is_chapter(text) and len(shapes.bare(text)) <= 20


# --- bars between cells ---------------------------------------------------------------------------------------------


def barred(lines: list[Line], start: int, end: int) -> Iterator[Found]:
    at = start
    while at < end:
        if not _is_barred(lines[at]):
            at += 1
            continue
        stop = at + 1
        while stop < end and (_is_barred(lines[stop]) or _is_broken_bar(lines, stop, end)):
            stop += 1
        first = at
        while first > start and not lines[first].gap and _BOX.match(lines[first - 1].text):
            first -= 1
        rows = _even_rows(lines[at:stop]) or _bar_rows(lines[at:stop])
        if is_table(rows) or is_small_table(rows):
            yield Found(first, stop, rows, "grid" if is_grid(rows) and _even_rows(lines[at:stop]) else "flat")
        at = stop


def _is_barred(line: Line) -> bool:
    if not _BAR.search(line.text):
        return False
    return all(not shapes.is_prose(cell) for cell in _bar_cells(line.text))


def _is_broken_bar(lines: list[Line], at: int, end: int) -> bool:
    """A line without bars between lines with them, without blank space around: part of a cell, or a box's edge."""
    if at + 1 >= end or lines[at].gap or lines[at + 1].gap or not _is_barred(lines[at + 1]):
        return bool(_BOX.match(lines[at].text)) and len(lines[at].text.strip()) > 2
    if _BOX.match(lines[at].text):
        return True
    return shapes.is_label(lines[at].text) and not is_heading(lines, at, end)


def _bar_cells(text: str) -> list[str]:
    cells = _BAR.split(shapes.bare(text))
    if cells and not shapes.bare(cells[0]):
        cells = cells[1:]
    if len(cells) > 1 and not shapes.bare(cells[-1]):
        cells = cells[:-1]
    return [shapes.bare(cell) for cell in cells]


def _even_rows(lines: list[Line]) -> Rows:
    """
    Rows of lines with as many bars each, their empty cells kept.

    Nothing where the lines are not alike, or alike only by empty cells at their ends.
    """
    rows = [
        [line.piece(cell) for cell in _BAR.split(line.text)]
        for line in lines
        if not _BOX.match(line.text.replace(" ", ""))
    ]
    if not is_grid(rows):
        return []
    if not any(row[0].text for row in rows):
        rows = [row[1:] for row in rows]
    longest = max(filled_length([piece.text for piece in row]) for row in rows)
    rows = [row[:longest] for row in rows]
    return rows if is_grid(rows) and not is_packed([[piece.text for piece in row] for row in rows]) else []


def _bar_rows(lines: list[Line]) -> Rows:
    rows: Rows = []
    broken = ""
    for at, line in enumerate(lines):
        if _BOX.match(line.text) and not re.search(r"[|｜│┃]\s+[|｜│┃]", line.text):
            continue
        if not _BAR.search(line.text):
            if not broken and _is_title_row(lines, at, len(lines)):
                rows.append([line.piece(line.text)])
                continue
            broken = shapes.join_lines(broken, line.text)
            continue
        cells = _bar_cells(line.text)
        if broken and cells:
            cells[0], broken = shapes.join_lines(broken, cells[0]), ""
        pieces = [line.piece(cell) for cell in cells]
        only_values = all(shapes.is_value(cell) for cell in cells)
        if rows and only_values and len(rows[-1]) > 1 and shapes.is_value(rows[-1][-1].text):
            rows[-1] += pieces  # a row too long for its line
        else:
            rows.append(pieces)
    if is_packed([[piece.text for piece in row] for row in rows]):
        rows = [row[: filled_length([piece.text for piece in row])] for row in rows]
    longest = max((filled_length([piece.text for piece in row]) for row in rows), default=1)
    rows = [row[:longest] for row in rows]
    single = sum(len(row) <= 1 for row in rows)
    if single * 5 >= len(rows) * 4 or (len(rows) <= 2 and max(map(len, rows), default=0) >= 12):
        return rows_of([part for row in rows for piece in row for part in _unglued(piece)])
    return rows


def _unglued(piece: Piece) -> list[Piece]:
    """A value and the label of the next row, where the line break between them was lost."""
    match = _GLUED.match(piece.text)
    if match and shapes.is_value(match[1]) and shapes.is_label(match[2]):
        return [replace(piece, text=match[1]), replace(piece, text=match[2])]
    return [piece]
