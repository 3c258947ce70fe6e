"""Tables without marks: columns parted by blanks, or every cell a line of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.flat import shapes
from ingest.flat.lines import Found, Line, Rows, ends_in_values, is_heading, is_table, label_and_values
from ingest.flat.rows import Piece, rows_of
from ingest.flat.wrapped import closes, join_wrapped

_WIDE_ROW = 5
_LONGEST_HEAD = 20
_LONG_HEAD = 4
"""Characters from which on words with single blanks between are heads each, also beside wider blanks."""
_MOST_BLANK_ROWS = 16
_FEWEST_TORN = 10
"""Numbers, each a line, from which on they are no list of a text."""
_GAP = re.compile(r"[ \xa0]{2,}|\u3000+|\t+")
_LETTERS_APART = re.compile(r"(?<=(?<!\S)[\u3400-\u9fff]) (?=[\u3400-\u9fff](?!\S))")
_BEFORE_NUMBER = re.compile(r" (?=[（(][一二三四五六七八九十]{1,2}[）)]|\d{1,2}[.．、](?!\d))")


def blank_columns(lines: list[Line], start: int, end: int) -> Iterator[Found]:
    at = start
    while at < end:
        if at > start and len(shapes.values_of(lines[at].text)) >= _WIDE_ROW:
            first = at
            while first > start and first > at - 4 and _is_head_line(lines[first - 1]):
                first -= 1
            if first < at:
                yield Found(first, at + 1, [_blank_cells(line) for line in lines[first : at + 1]])
                start = at + 1
        if not ends_in_values(lines[at].text):
            at += 1
            continue
        stop = at + 1
        while (ahead := _next_value_line(lines, stop, end)) is not None:
            stop = ahead + 1
        first = at
        while first > start and first > at - 4 and _stands_above(lines, first - 1, end):
            first -= 1
        rows = join_wrapped([_blank_cells(line) for line in lines[first:stop]])
        if _is_blank_table(rows):
            yield Found(first, stop, rows)
        at = stop


def _next_value_line(lines: list[Line], start: int, end: int) -> int | None:
    """
    The next line that ends in values, past at most two lines of labels.

    Labels written downwards do not count, nor do those with a number before them: rows whose cells are blank.
    """
    labels = 0
    for at in range(start, min(start + _MOST_BLANK_ROWS, end)):
        if ends_in_values(lines[at].text) or len(shapes.values_of(lines[at].text)) >= _WIDE_ROW:
            return at
        text = lines[at].text
        labels += not (shapes.is_one_han(text) or shapes.is_enumerated(text) or shapes.is_nothing(text))
        if labels > 2 or not _is_between(lines, at, end):
            return None
    return None


def _is_between(lines: list[Line], at: int, end: int) -> bool:
    text = lines[at].text
    if is_heading(lines, at, end):
        return False
    if at and not lines[at].gap and _closes_above(lines, at):
        return True
    return shapes.is_label(text) or shapes.is_nothing(text) or len(shapes.values_of(text)) > 1


def _closes_above(lines: list[Line], at: int) -> bool:
    """Whether a line closes the bracket of the label right above it, or above the values between."""
    above = lines[at - 1].text
    if len(shapes.values_of(above)) > 1 and at > 1:
        above = lines[at - 2].text
    return closes(label_and_values(above)[0], lines[at].text)


def _stands_above(lines: list[Line], at: int, end: int) -> bool:
    """Whether a line stands above the first values as part of the table: column heads, or a group's label."""
    cells = _heads(lines[at].text)
    if len(cells) == 1:
        return shapes.is_enumerated(cells[0]) and shapes.is_label(cells[0]) and not is_heading(lines, at, end)
    return _is_head_line(lines[at])


def _is_head_line(line: Line) -> bool:
    cells = _heads(line.text)
    return len(cells) > 1 and all(shapes.is_label(cell) and len(cell) <= _LONGEST_HEAD for cell in cells)


def _heads(text: str) -> list[str]:
    """The cells of a line without values: parted by wide blanks, or by single ones where every piece may be a head."""
    cells = _GAP.split(shapes.bare(text))
    if len(cells) == 1:
        return _heads_apart(cells[0], shortest=2)
    return [head for cell in cells for head in _heads_apart(cell, shortest=_LONG_HEAD)]


def _heads_apart(cell: str, shortest: int) -> list[str]:
    """The heads that a cell holds, with single blanks between; the cell where any piece of it may be none."""
    pieces = _LETTERS_APART.sub("", cell).split()
    may_be_heads = len(pieces) > 1 and all(
        shortest <= len(piece) <= _LONGEST_HEAD
        and shapes.is_label(piece)
        and not shapes.is_enumerated(piece)
        and not shapes.is_table_title(piece)
        for piece in pieces
    )
    return pieces if may_be_heads else [cell]


def _blank_cells(line: Line) -> list[Piece]:
    label, values = label_and_values(line.text)
    if not values:
        heads = _heads(line.text)
        return [line.piece(text) for text in (heads if len(heads) > 1 else _labels(heads[0]))]
    if not shapes.is_label(label) and not shapes.is_piece(label):
        return [line.piece(text) for text in shapes.values_of(line.text) or _GAP.split(shapes.bare(line.text))]
    return [line.piece(text) for text in [*_labels(label), *values]]


def _labels(label: str) -> list[str]:
    """What stands before the values of a row: the label of a group and its own, and a measure word."""
    cells = _GAP.split(label)
    name, _, last = cells[-1].rpartition(" ")
    unit = [last] if name and shapes.is_unit(last) else []
    if unit:
        cells[-1] = name.rstrip()
    *groups, own = cells
    return [*groups, *_BEFORE_NUMBER.split(own), *unit]


def _is_blank_table(rows: Rows) -> bool:
    """Rows enough, or wide ones that a page ends after; several values in half of them; a table of contents is none."""
    counts = [sum(shapes.is_value(piece.text) for piece in row) for row in rows]
    full = [count for count in counts if count]
    are_enough = len(full) >= 3 or (len(full) == 2 and min(full) >= _WIDE_ROW)
    if not are_enough or not is_table(rows):
        return False
    if sum(count > 1 for count in full) * 2 >= len(full):
        return True
    filled = [(row[0].text, row[-1].text) for row, count in zip(rows, counts, strict=True) if count]
    return len(full) >= 4 and not shapes.is_contents(filled)


# --- every cell a line of its own -----------------------------------------------------------------------------------


def cell_a_line(lines: list[Line], start: int, end: int) -> Iterator[Found]:
    at = start
    while at < end:
        if not _is_cell(lines[at].text):
            at += 1
            continue
        stop = at + 1
        while stop < end and (_is_cell(lines[stop].text) or _is_among_values(lines, stop, end)):
            stop += 1
        yield from _cells_between(lines, at, stop)
        at = stop


def _is_among_values(lines: list[Line], at: int, end: int) -> bool:
    """Whether a line with pauses is a label all the same: values stand right above and below it."""
    near = [lines[at - 1].text, lines[at + 1].text] if at + 1 < end else []
    return bool(near) and all(shapes.values_of(text) for text in near) and shapes.is_piece(lines[at].text)


def _is_cell(text: str) -> bool:
    return bool(shapes.values_of(text)) or shapes.is_label(text)


def _cells_between(lines: list[Line], start: int, end: int) -> Iterator[Found]:
    """Tables in a run of short lines: headings of chapters part them, titles and what ends in labels stay text."""
    first = start
    for at in range(start, end + 1):
        if at < end and not is_heading(lines, at, end):
            continue
        last = max((i for i in range(first, at) if shapes.values_of(lines[i].text)), default=first - 1)
        begin = _after_titles(lines, first, last)
        pieces = [lines[i].piece(lines[i].text) for i in range(begin, last + 1)]
        values = sum(len(shapes.values_of(piece.text)) for piece in pieces)
        if values >= 3 and values * 5 >= len(pieces):
            rows = join_wrapped(rows_of(pieces))
            if is_table(rows) or _are_torn(rows):
                yield Found(begin, last + 1, rows)
        first = at + 1


def _are_torn(rows: Rows) -> bool:
    """Whether numbers alone are what is left of a table, whose labels stand elsewhere."""
    return len(rows) == 1 and len(rows[0]) >= _FEWEST_TORN and all(shapes.is_number(piece.text) for piece in rows[0])


def _after_titles(lines: list[Line], first: int, last: int) -> int:
    """Where the table begins: after names, years and such that stand above its first value."""
    values = (i for i in range(first, last + 1) if shapes.values_of(lines[i].text))
    value = next(values, last)
    titles = [i for i in range(first, value) if shapes.is_table_title(lines[i].text) and i + 1 < value]
    return titles[-1] + 1 if titles else first
