"""What calamine does not tell of the sheets of a .xlsx: what is merged, what is hidden, and what nobody computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from ingest.readers.ooxml import Package, attribute, child, local
from ingest.readers.sheet_formulas import (
    RANGE,
    REFERENCE,
    At,
    Formulas,
    Range,
    column_number,
    corners,
    moved,
    number_of,
)
from ingest.readers.xlsx_looks import Looks

_FILLED = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="[A-Z]{1,3}(\d{1,7})"[^>/]*>\s*<')
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([^"]{1,40})"')
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMNS = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_NUMBER_OF = re.compile(rb'\b(r|min|max)="(\d{1,7})"')
_IS_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"|\b(?:ht|width)="0(?:\.0*)?"')


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
    formulas: dict[str, Formulas] = {}
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
            formulas[name] = _formulas_of(root)
        if root is not None and has_looks:
            sheet.seen = dict(looks.texts(root))
    is_open = attribute(child(workbook, "calcPr"), "fullCalcOnLoad") if child(workbook, "calcPr") is not None else None
    nobody_computed = is_open in ("1", "true") or any(sheet.has_stale_sum() for sheet in formulas.values())
    for name, sheet_formulas in formulas.items():
        found[name].computed = dict(sheet_formulas.open_values(nobody_computed))
    return found


def _ranges(sheet: bytes) -> Iterator[Range]:
    """Merged ranges in a sheet's XML, found without building a tree of it: the sheets are the large parts."""
    for reference in _MERGE.findall(sheet):
        match = RANGE.match(reference.decode("ascii", "replace"))
        if match:
            yield corners(match)


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


def _formulas_of(sheet: etree._Element) -> Formulas:
    """The formulas of a sheet, shared ones written out."""
    found = Formulas()
    shared: dict[str, tuple[At, str]] = {}
    for cell in sheet.iter():
        if local(cell) != "c":
            continue
        reference = REFERENCE.match(cell.get("r", ""))
        if reference is None:
            continue
        at = int(reference[4]) - 1, column_number(reference[2])
        value, formula = child(cell, "v"), child(cell, "f")
        if cell.get("t", "n") != "n":
            found.texts.add(at)
        elif value is not None and value.text:
            number = number_of(value.text)
            if number is not None:
                found.numbers[at] = number
        if formula is None or cell.get("t", "n") not in ("n", "str"):
            continue
        text, key = formula.text or "", formula.get("si", "")
        if formula.get("t") == "shared" and key:
            if text:
                shared[key] = at, text
            elif key in shared:
                (row, column), text = shared[key]
                text = moved(text, at[0] - row, at[1] - column)
        found.formulas[at] = text
    return found
