"""Tables whose cells stand right behind each other: 规章000, the figures of a row run into one string of digits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.flat import shapes
from ingest.flat.lines import Found, Line, is_table
from ingest.flat.rows import Piece
from ingest.words import measure_words

_FEWEST_ROWS = 4
_FEWEST_UNITS = 6
_LEAST_SUMMED = 5
"""Cells of a row from which on the last may be held to be the sum of the others."""
_LARGEST_BLOCK = 8
_FEWEST_BLOCKS = 3
"""From so many blocks of cells on, all of a size and each with its sum, figures that have no label make a row."""
_LONGEST_RUN = 60
_LONGEST_BLOCKS = 40
"""Digits; more could be parted in too many ways to try them all."""
_TAIL = re.compile(r"^(.*[^\d.,+\-/])(\d+(?:\.\d{1,4})?)$")
_UNIT_AT_END = re.compile(rf"^(.{{4,}}?)({measure_words()})$")


@dataclass(slots=True)
class _Row:
    """A line: its label, the digits behind it, how many cells they are where known, and label and unit apart."""

    line: Line
    label: str
    digits: str
    width: int | None = None
    unit: re.Match[str] | None = None


def glued(lines: list[Line], start: int, end: int) -> Iterator[Found]:
    runs = list(_runs(lines, start, end))
    # where one table of a text lost what parts its cells, the others did too
    is_sure = any(_has_zeros(rows) for _, _, rows in runs)
    for first, stop, rows in runs:
        has_units = _has_units(rows)
        if is_sure or has_units or _is_row_of_blocks(rows):
            _measure(rows, has_units)
            table = [_pieces(row) for row in rows]
            if is_table(table):
                yield Found(first, stop, table)


def _runs(lines: list[Line], start: int, end: int) -> Iterator[tuple[int, int, list[_Row]]]:
    """Lines that may be rows, and what stands above them, from the first to the last that ends in digits."""
    rows = [_row(line) for line in lines[start:end]]
    at = 0
    while at < len(rows):
        if not _goes_on(rows, at):
            at += 1
            continue
        stop = at + 1
        while stop < len(rows) and _goes_on(rows, stop):
            stop += 1
        following = stop
        while stop > at and not _digits(rows[stop - 1]):
            stop -= 1
        run = [row for row in rows[at:stop] if row is not None]
        if len(run) > 1:
            yield start + at, start + stop, run
        at = following


def _row(line: Line) -> _Row | None:
    """The line as a row, with or without digits; nothing where it is a sentence or too long."""
    text = shapes.bare(line.text)
    if text.isascii() and text.isdigit():
        return _Row(line, "", text)
    match = _TAIL.match(text) if text[-1:].isdecimal() else None
    label = match[1] if match else text
    if not (shapes.is_label(label) or shapes.is_piece(label)) or " " in label:
        return None
    return _Row(line, label, match[2] if match else "")


def _digits(row: _Row | None) -> str:
    return row.digits if row else ""


def _goes_on(rows: list[_Row | None], at: int) -> bool:
    """Whether a line is a row, or a head or group above one; a chapter without a row right below is a heading."""
    row = rows[at]
    if row is None or row.digits:
        return row is not None
    if shapes.is_table_title(row.label):
        return False
    if shapes.is_chapter(row.label):
        return at + 1 < len(rows) and bool(_digits(rows[at + 1]))
    return any(map(_digits, rows[at + 1 : at + 5]))


def _has_zeros(rows: list[_Row]) -> bool:
    """Whether digits are run together: a string of several begins with a zero."""
    filled = [row.digits for row in rows if row.digits]
    zeros = any(len(digits) > 1 and digits[0] == "0" and digits.isdigit() for digits in filled)
    return zeros and (len(filled) >= _FEWEST_ROWS or _in_blocks(filled[0]) is not None)


def _is_row_of_blocks(rows: list[_Row]) -> bool:
    """Whether the last row is a string of digits that makes blocks with their sums in just one way."""
    return not rows[-1].label and _in_blocks(rows[-1].digits) is not None


def _has_units(rows: list[_Row]) -> bool:
    """Whether most figures have a measure word right before them."""
    filled = [row for row in rows if row.digits]
    units = sum(bool(_UNIT_AT_END.match(row.label)) for row in filled)
    return units >= _FEWEST_UNITS and 2 * units > len(filled)


def _measure(rows: list[_Row], has_units: bool) -> None:
    """
    How many cells each string of digits is.

    A row of zeros says it of itself and of the rows around it, up to the next heads (labels without a number before
    them and without digits); a unit before the figure says one.
    """
    part: list[_Row] = []
    for row in [*rows, None]:
        if row is not None and (row.digits or shapes.is_enumerated(row.label)):
            part.append(row)
            continue
        zeros = {len(row.digits) for row in part if row.digits.strip("0") == "" and row.digits}
        for member in part:
            member.unit = _UNIT_AT_END.match(member.label) if has_units else None
            if member.unit:
                member.width = 1
            elif len(zeros) == 1:
                member.width = max(zeros)
            elif len(member.digits) == 1 or (len(part) <= 3 and member.digits[:1] != "0"):
                member.width = 1
        part = []


def _pieces(row: _Row) -> list[Piece]:
    """The cells of a row; the line as it stands where its digits may be parted in several ways."""
    if not row.digits:
        return [row.line.piece(row.label)]
    figures = _figures(row)
    if figures is None:
        return [row.line.piece(row.line.text)]
    label = [row.label] if row.label else []
    if row.unit:
        label = [row.unit[1], row.unit[2]]
    return [row.line.piece(text) for text in [*label, *figures]]


def _figures(row: _Row) -> Sequence[str] | None:
    """The figures that a string of digits is made of, where only one way to part it is right."""
    digits, width = row.digits, row.width
    if not row.label:
        return _in_blocks(digits)
    if width is None or len(digits) > _LONGEST_RUN:
        return None
    if width == 1:
        return [digits] if digits == "0" or digits[0] != "0" or digits[1] == "." else None
    if not digits.isdigit() or len(digits) < width:
        return None
    if width < _LEAST_SUMMED:
        return list(digits) if len(digits) == width else None
    ways = list(islice(_sums(digits, width), 2))
    return ways[0] if len(ways) == 1 else None


def _in_blocks(digits: str) -> tuple[str, ...] | None:
    """Blocks of figures, all of a size and each with its sum at its end, where only one way of any size gives them."""
    if not digits.isdigit() or len(digits) > _LONGEST_BLOCKS:
        return None
    largest = min(_LARGEST_BLOCK, len(digits) // _FEWEST_BLOCKS)
    found: set[tuple[str, ...]] = set()
    for size in range(_LEAST_SUMMED, largest + 1):
        for figures in _ways_in_blocks(digits, size):
            found.add(figures)
            if len(found) > 1:
                return None
    return found.pop() if found else None


def _ways_in_blocks(digits: str, size: int, blocks: int = _FEWEST_BLOCKS) -> Iterator[tuple[str, ...]]:
    """The ways to part digits into at least so many blocks; block after block, so that no end is tried in vain."""
    if not digits and blocks <= 0:
        yield ()
    needed = max(blocks - 1, 0) * size
    for stop in range(size, len(digits) - needed + 1):
        for block in _sums(digits[:stop], size):
            for others in _ways_in_blocks(digits[stop:], size, blocks - 1):
                yield (*block, *others)


def _sums(digits: str, width: int) -> Iterator[list[str]]:
    """The ways to part digits into `width` figures without leading zeros, the last of them the sum of the others."""
    for length in range(1, len(digits) - width + 2):
        total = digits[-length:]
        if len(total) == 1 or total[0] != "0":
            for addends in _addends(digits[:-length], width - 1, int(total)):
                yield [*addends, total]


def _addends(digits: str, width: int, total: int) -> Iterator[list[str]]:
    """The ways to part digits into `width` figures without leading zeros that add up to `total`."""
    if width == 1:
        if digits and (len(digits) == 1 or digits[0] != "0") and int(digits) == total:
            yield [digits]
        return
    # one of them has at least as many digits as all have on average
    if len(digits) > width and total < 10 ** (-(-len(digits) // width) - 1):
        return
    longest = 1 if digits[:1] == "0" else min(len(digits) - width + 1, len(str(total)))
    for length in range(1, longest + 1):
        figure = digits[:length]
        if int(figure) <= total:
            for others in _addends(digits[length:], width - 1, total - int(figure)):
                yield [figure, *others]
