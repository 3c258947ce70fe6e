"""What calamine does not tell of the sheets of a .xlsx: what is merged, what is hidden, and what nobody computed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lxml import etree

from ingest.readers.ooxml import Package, attribute, child, local
from ingest.readers.xlsx_looks import Looks

_FILLED = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="[A-Z]{1,3}(\d{1,7})"[^>/]*>\s*<')
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([^"]{1,40})"')
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})$")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMNS = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_NUMBER_OF = re.compile(rb'\b(r|min|max)="(\d{1,7})"')
_IS_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"|\b(?:ht|width)="0(?:\.0*)?"')
_REFERENCE = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})$")
_TERM = re.compile(r"\s*([+-]?)\s*(?:SUM\(([^()]*)\)|(\$?[A-Z]{1,3}\$?\d{1,7})|(\d+(?:\.\d+)?))\s*", re.IGNORECASE)
_MOST_CELLS = 10_000
_DEEPEST = 20

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""
At = tuple[int, int]


@dataclass(slots=True)
class SheetParts:
    """Merged ranges, hidden rows and columns, values of formulas left open, texts that look other than they are saved,
    and the first row with anything in it."""

    top: int = 0
    merged: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    computed: dict[At, str] = field(default_factory=dict)
    seen: dict[At, str] = field(default_factory=dict)


def sheet_parts(package: Package) -> dict[str, SheetParts]:
    """The parts of the sheets of a .xlsx, by sheet name."""
    found: dict[str, SheetParts] = {}
    main = next((part for kind, part in package.relationships("").values() if kind == "officeDocument"), "")
    workbook = package.xml(main)
    if workbook is None:
        return found
    related = package.relationships(main)
    formulas: dict[str, _Formulas] = {}
    looks = Looks(package, main)
    for element in workbook.iter():
        if local(element) != "sheet":
            continue
        key = next((value for name, value in element.attrib.items() if str(name).endswith("}id")), "")
        part = related.get(str(key), ("", ""))[1]
        if part not in package:
            continue
        content = package.read(part)
        top = _FILLED.search(content)
        sheet = SheetParts(int(top[1]) - 1 if top else 0, list(_ranges(content)))
        if _IS_HIDDEN.search(content):
            sheet.hidden_rows = set(_hidden_rows(content))
            sheet.hidden_columns = list(_hidden_columns(content))
        name = element.get("name", "")
        found[name] = sheet
        has_formulas, has_looks = bool(_FORMULA.search(content)), looks.may_hide(content)
        root = package.xml(part) if has_formulas or has_looks else None
        if root is not None and has_formulas:
            formulas[name] = _Formulas(root)
        if root is not None and has_looks:
            sheet.seen = dict(looks.texts(root))
    is_open = attribute(child(workbook, "calcPr"), "fullCalcOnLoad") if child(workbook, "calcPr") is not None else None
    nobody_computed = is_open in ("1", "true") or any(sheet.has_stale_sum() for sheet in formulas.values())
    for name, sheet_formulas in formulas.items():
        found[name].computed = dict(sheet_formulas.open_values(nobody_computed))
    return found


def column_number(letters: str) -> int:
    """The number of a column from 0."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _ranges(sheet: bytes) -> Iterator[Range]:
    """Merged ranges in a sheet's XML, found without building a tree of it: the sheets are the large parts."""
    for reference in _MERGE.findall(sheet):
        match = _RANGE.match(reference.decode("ascii", "replace"))
        if match:
            yield _corners(match)


def _corners(match: re.Match[str]) -> Range:
    return int(match[2]) - 1, column_number(match[1]), int(match[4]) - 1, column_number(match[3])


def _hidden_rows(sheet: bytes) -> Iterator[int]:
    number = -1
    for attributes in _ROW.findall(sheet):
        given = dict(_NUMBER_OF.findall(attributes)).get(b"r")
        number = number + 1 if given is None else int(given) - 1
        if _IS_HIDDEN.search(attributes):
            yield number


def _hidden_columns(sheet: bytes) -> Iterator[tuple[int, int]]:
    """First and last column of each run that is hidden."""
    for attributes in _COLUMNS.findall(sheet):
        if _IS_HIDDEN.search(attributes):
            numbers = dict(_NUMBER_OF.findall(attributes))
            if b"min" in numbers and b"max" in numbers:
                yield int(numbers[b"min"]) - 1, int(numbers[b"max"]) - 1


class _Formulas:
    """
    The formulas of a sheet with the values saved beside them.

    Programs that write a workbook without computing it save 0 or nothing: a sum is then made here of the cells that it
    adds up, and any other formula has no value.
    """

    def __init__(self, sheet: etree._Element) -> None:
        self._numbers: dict[At, Decimal] = {}
        self._texts: set[At] = set()
        self._formulas: dict[At, str] = {}
        self._sums: dict[At, Decimal | None] = {}
        shared: dict[str, tuple[At, str]] = {}
        for cell in sheet.iter():
            if local(cell) != "c":
                continue
            reference = _REFERENCE.match(cell.get("r", ""))
            if reference is None:
                continue
            at = int(reference[4]) - 1, column_number(reference[2])
            value, formula = child(cell, "v"), child(cell, "f")
            if cell.get("t", "n") != "n":
                self._texts.add(at)
            elif value is not None and value.text:
                number = _number(value.text)
                if number is not None:
                    self._numbers[at] = number
            if formula is None or cell.get("t", "n") not in ("n", "str"):
                continue
            text, key = formula.text or "", formula.get("si", "")
            if formula.get("t") == "shared" and key:
                if text:
                    shared[key] = at, text
                elif key in shared:
                    (row, column), text = shared[key]
                    text = _moved(text, at[0] - row, at[1] - column)
            self._formulas[at] = text

    def has_stale_sum(self) -> bool:
        """Whether a sum of something is saved as 0 or not at all."""
        return any(not self._numbers.get(at) and self._sum(at, 0) for at in self._formulas if at not in self._texts)

    def open_values(self, nobody_computed: bool) -> Iterator[tuple[At, str]]:
        """Values of the formulas that were saved as 0 or not at all; empty where they cannot be told."""
        for at in self._formulas:
            if at in self._texts or self._numbers.get(at):
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
            self._sums[at] = self._added(self._formulas[at], depth) if depth < _DEEPEST else None
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
        if at in self._formulas and at not in self._texts and not self._numbers.get(at):
            return self._sum(at, depth + 1)
        return self._numbers.get(at, Decimal(0))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _cells_of(arguments: str) -> Iterator[At | None]:
    """The cells that are added up; None where something else than cells of the sheet is."""
    for argument in arguments.split(","):
        one, several = _REFERENCE.match(argument.strip()), _RANGE.match(argument.strip())
        if one is not None:
            yield int(one[4]) - 1, column_number(one[2])
        elif several is not None:
            top, left, bottom, right = _corners(several)
            if (bottom - top + 1) * (right - left + 1) > _MOST_CELLS:
                yield None
                return
            yield from ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
        else:
            yield None


def _moved(formula: str, down: int, across: int) -> str:
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
