"""Tables whose cells stand right behind each other: 规章000, the figures of a row run into one string of digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.flat import shapes
from ingest.flat.lines import Found, Line, is_table
from ingest.flat.rows import Piece

_FEWEST_ROWS = 4
_FEWEST_UNITS = 6
_LEAST_SUMMED = 5
"""Cells of a row from which on the last may be held to be the sum of the others."""
_BLOCK = 5
"""Cells of a block, the last their sum, in a row that has no label and three blocks."""
_BLOCKS = 3
_LONGEST_RUN = 60
_TAIL = re.compile(r"^(.*[^\d.,+\-/])(\d+(?:\.\d{1,4})?)$")
_UNIT_AT_END = re.compile(r"^(.{4,}?)(万元|人次|[条件次个人篇份期场项元])$")


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
    at = start
    while at < end:
        if not _goes_on(lines, at, end):
            at += 1
            continue
        stop = at + 1
        while stop < end and _goes_on(lines, stop, end):
            stop += 1
        following = stop
        while stop > at and not _digits(lines[stop - 1]):
            stop -= 1
        rows = [row for line in lines[at:stop] if (row := _row(line)) is not None]
        if len(rows) > 1:
            yield at, stop, rows
        at = following


def _row(line: Line) -> _Row | None:
    """The line as a row, with or without digits; nothing where it is a sentence or too long."""
    text = shapes.bare(line.text)
    if text.isascii() and text.isdigit():
        return _Row(line, "", text)
    match = _TAIL.match(text)
    label = match[1] if match else text
    if not (shapes.is_label(label) or shapes.is_piece(label)) or " " in label:
        return None
    return _Row(line, label, match[2] if match else "")


def _digits(line: Line) -> str:
    row = _row(line)
    return row.digits if row else ""


def _goes_on(lines: list[Line], at: int, end: int) -> bool:
    """Whether a line is a row, or a head or group above one; a chapter without a row right below is a heading."""
    row = _row(lines[at])
    if row is None or row.digits:
        return row is not None
    if shapes.is_table_title(row.label):
        return False
    if shapes.is_chapter(row.label):
        return at + 1 < end and bool(_digits(lines[at + 1]))
    return any(_digits(line) for line in lines[at + 1 : min(at + 5, end)])


def _has_zeros(rows: list[_Row]) -> bool:
    """Whether digits are run together: a string of several begins with a zero."""
    filled = [row.digits for row in rows if row.digits]
    zeros = any(len(digits) > 1 and digits[0] == "0" and digits.isdigit() for digits in filled)
    return zeros and (len(filled) >= _FEWEST_ROWS or len(filled[0]) == _BLOCKS * _BLOCK)


def _is_row_of_blocks(rows: list[_Row]) -> bool:
    """Whether the last row is a string of digits that makes three blocks with their sums in just one way."""
    return not rows[-1].label and len(rows[-1].digits) <= _LONGEST_RUN and _in_blocks(rows[-1].digits) is not None


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
            elif not member.label:
                member.width = _BLOCKS * _BLOCK
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


def _figures(row: _Row) -> list[str] | None:
    """The figures that a string of digits is made of, where only one way to part it is right."""
    digits, width = row.digits, row.width
    if width is None or len(digits) > _LONGEST_RUN:
        return None
    if width == 1:
        return [digits] if digits == "0" or digits[0] != "0" or digits[1] == "." else None
    if not digits.isdigit() or len(digits) < width:
        return None
    if not row.label:
        return _in_blocks(digits)
    if width < _LEAST_SUMMED:
        return list(digits) if len(digits) == width else None
    ways = _sums(digits, width)
    return ways[0] if len(ways) == 1 else None


def _in_blocks(digits: str) -> list[str] | None:
    """Three blocks of five figures of which the last is the sum, where only one way gives them."""
    found: list[list[str]] = []
    for first, second in _cuts(len(digits)):
        parts = [_sums(part, _BLOCK) for part in (digits[:first], digits[first:second], digits[second:])]
        if all(parts):
            found += [[*a, *b, *c] for a in parts[0] for b in parts[1] for c in parts[2]]
    return found[0] if len(found) == 1 else None


def _cuts(length: int) -> Iterator[tuple[int, int]]:
    for first in range(_BLOCK, length - 2 * _BLOCK + 1):
        for second in range(first + _BLOCK, length - _BLOCK + 1):
            yield first, second


def _sums(digits: str, width: int) -> list[list[str]]:
    """The ways to part digits into `width` figures without leading zeros, the last of them the sum of the others."""
    found: list[list[str]] = []
    for length in range(1, len(digits) - width + 2):
        total = digits[-length:]
        if len(total) == 1 or total[0] != "0":
            found += [[*addends, total] for addends in _addends(digits[:-length], width - 1, int(total))]
    return found


def _addends(digits: str, width: int, total: int) -> list[list[str]]:
    """The ways to part digits into `width` figures without leading zeros that add up to `total`."""
    if width == 1:
        fits = digits and (len(digits) == 1 or digits[0] != "0") and int(digits) == total
        return [[digits]] if fits else []
    found: list[list[str]] = []
    longest = 1 if digits[:1] == "0" else min(len(digits) - width + 1, len(str(total)))
    for length in range(1, longest + 1):
        figure = digits[:length]
        if int(figure) <= total:
            found += [[figure, *rest] for rest in _addends(digits[length:], width - 1, total - int(figure))]
    return found
