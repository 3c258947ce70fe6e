"""Formulas of sheets whose values nobody computed: sums of cells at hand are made, any other has no value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

REFERENCE = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})$")
RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})$")
_TERM = re.compile(r"\s*([+-]?)\s*(?:SUM\(([^()]*)\)|(\$?[A-Z]{1,3}\$?\d{1,7})|(\d+(?:\.\d+)?))\s*", re.IGNORECASE)
_RELATIVE = re.compile(r"\bR(?:\[(-?\d+)\]|(\d+))?C(?:\[(-?\d+)\]|(\d+))?(?![\w(])")
_MOST_CELLS = 10_000
_DEEPEST = 20

At = tuple[int, int]
"""Row and column of a cell, from 0."""
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""


@dataclass(slots=True)
class Formulas:
    """
    The formulas of a sheet with the values saved beside them.

    Programs that write a workbook without computing it save 0 or nothing: a sum is then made here of the cells that it
    adds up, and any other formula has no value.
    """

    numbers: dict[At, Decimal] = field(default_factory=dict)
    texts: set[At] = field(default_factory=set)
    """Cells that hold no number."""
    formulas: dict[At, str] = field(default_factory=dict)
    """Formulas by A1 references."""
    _sums: dict[At, Decimal | None] = field(default_factory=dict)

    def has_stale_sum(self) -> bool:
        """Whether a sum of something is saved as 0 or not at all."""
        return any(not self.numbers.get(at) and self._sum(at, 0) for at in self.formulas if at not in self.texts)

    def open_values(self, nobody_computed: bool) -> Iterator[tuple[At, str]]:
        """Values of the formulas that were saved as 0 or not at all; empty where they cannot be told."""
        for at in self.formulas:
            if at in self.texts or self.numbers.get(at):
                continue
            total = self._sum(at, 0)
            if total is not None:
                yield at, f"{total.normalize():f}"
            elif nobody_computed:
                yield at, ""

    def _sum(self, at: At, depth: int) -> Decimal | None:
        """What a formula that adds up cells of its own sheet comes to; None for any other."""
        if at not in self._sums:
            self._sums[at] = None  # a cell that leads back to itself has no value
            self._sums[at] = self._added(self.formulas[at], depth) if depth < _DEEPEST else None
        return self._sums[at]

    def _added(self, formula: str, depth: int) -> Decimal | None:
        total, place = Decimal(0), 0
        text = formula.lstrip("=")
        while place < len(text):
            term = _TERM.match(text, place)
            if term is None or (place and not term[1]):
                return None
            part = self._part(term, depth)
            if part is None:
                return None
            total += -part if term[1] == "-" else part
            place = term.end()
        return total if place else None

    def _part(self, term: re.Match[str], depth: int) -> Decimal | None:
        if term[4]:
            return Decimal(term[4])
        cells = list(_cells_of((term[2] or term[3]).upper()))
        if not cells or None in cells or len(cells) > _MOST_CELLS:
            return None
        values = [self._value(at, depth) for at in cells if at is not None]
        return None if None in values else sum((value for value in values if value is not None), Decimal(0))

    def _value(self, at: At, depth: int) -> Decimal | None:
        """The number in a cell; 0 for an empty one or a text, as a sum takes them."""
        if at in self.formulas and at not in self.texts and not self.numbers.get(at):
            return self._sum(at, depth + 1)
        return self.numbers.get(at, Decimal(0))


def number_of(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _cells_of(arguments: str) -> Iterator[At | None]:
    """The cells that are added up; None where something else than cells of the sheet is."""
    for argument in arguments.split(","):
        one, several = REFERENCE.match(argument.strip()), RANGE.match(argument.strip())
        if one is not None:
            yield int(one[4]) - 1, column_number(one[2])
        elif several is not None:
            top, left, bottom, right = corners(several)
            if (bottom - top + 1) * (right - left + 1) > _MOST_CELLS:
                yield None
                return
            yield from ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
        else:
            yield None


def moved(formula: str, down: int, across: int) -> str:
    """A shared formula as it holds further down and across: references without $ move along."""
    move: Callable[[re.Match[str]], str] = lambda match: (  # noqa: E731 - one expression, used once
        f"{match[1]}{match[2] if match[1] else _letters(column_number(match[2]) + across)}"
        f"{match[3]}{match[4] if match[3] else int(match[4]) + down}"
    )
    return re.sub(r"(?<![A-Z!'])(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(?![\d(])", move, formula)


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def absolute(formula: str, at: At) -> str:
    """A formula by places relative to its cell (R[-1]C), as Excel 2003 writes it in XML, by A1 references."""

    def reference(match: re.Match[str]) -> str:
        row = int(match[2]) - 1 if match[2] else at[0] + int(match[1] or 0)
        column = int(match[4]) - 1 if match[4] else at[1] + int(match[3] or 0)
        return f"{_letters(column)}{row + 1}" if row >= 0 and column >= 0 else "#REF!"

    return _RELATIVE.sub(reference, formula)


def column_number(letters: str) -> int:
    """The number of a column from 0."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def corners(match: re.Match[str]) -> Range:
    """The cells from the one to the other of a reference that RANGE matches."""
    return int(match[2]) - 1, column_number(match[1]), int(match[4]) - 1, column_number(match[3])
