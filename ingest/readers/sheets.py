"""Spreadsheets (.xlsx, .xls, .et, .ods) through calamine: tables of cells, and the texts that stand around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import fastexcel

from ingest.documents.model import Block, Cell, Document, Table
from ingest.errors import RejectError, RejectReason
from ingest.flat import shapes
from ingest.limits import Limits
from ingest.readers.ooxml import Package, core_properties, local

VERSION = "1"

_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2}) 00:00:00$")
_HEAD = 4096
_COUNT = re.compile(rb'\b(?:c|uniqueC)ount="(\d{1,15})"')
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_FILLED = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="[A-Z]{1,3}(\d{1,7})"[^>/]*>\s*<')
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([^"]{1,40})"')
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})$")


@dataclass(slots=True)
class _Sheet:
    """A sheet's texts by row, and the rows and columns that a merged cell at (row, column) from 0 covers."""

    name: str
    rows: list[list[str]]
    merged: dict[tuple[int, int], tuple[int, int]]


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables of all sheets that are shown. RejectError where it is damaged, protected or over a limit."""
    package = Package(data, limits) if data.startswith(b"PK") else None
    if package is not None:
        _check(package, limits)
    sheets = _sheets(data, package, limits)
    parts = [part for number, sheet in enumerate(sheets, 1) for part in _parts(sheet, number)]
    if not parts:
        raise RejectError(RejectReason.NO_TEXT, "no sheet holds text")
    return Document(parts, core_properties(package) if package is not None else {}, page_count=len(sheets))


def _check(package: Package, limits: Limits) -> None:
    """RejectError for what calamine would take at its word: counts of things that are not there, cells far apart."""
    for name in package.names():
        if not name.startswith("xl/") or not name.endswith(".xml"):
            continue
        content = package.read(name)
        if any(int(count) > len(content) for count in _COUNT.findall(content[:_HEAD])):
            raise RejectError(RejectReason.DAMAGED, f"part {name!r} counts more than it can hold")
        if name.startswith("xl/worksheets/"):
            places = _area(content)
            if places > limits.cells:
                raise RejectError(
                    RejectReason.TOO_MANY_CELLS, f"a sheet of {places} cells; the limit is {limits.cells}"
                )


def _area(sheet: bytes) -> int:
    """Places of the smallest rectangle that holds all cells of a sheet."""
    rows: set[int] = set()
    columns: set[bytes] = set()
    for match in _CELL.finditer(sheet):
        columns.add(match[1])
        rows.add(int(match[2]))
    if not rows:
        return 0
    at = [_column(letters.decode("ascii")) for letters in columns]
    return (max(rows) - min(rows) + 1) * (max(at) - min(at) + 1)


def _sheets(data: bytes, package: Package | None, limits: Limits) -> list[_Sheet]:
    try:
        workbook = fastexcel.read_excel(data)
        if len(workbook.sheet_names) > limits.pages:
            raise RejectError(
                RejectReason.TOO_MANY_PAGES, f"{len(workbook.sheet_names)} sheets; the limit is {limits.pages}"
            )
        merged = _merged(package) if package is not None else {}
        sheets = []
        places = 0
        for sheet_name in workbook.sheet_names:
            sheet = workbook.load_sheet(sheet_name, header_row=None, dtypes="string")
            if sheet.visible != "visible" or not sheet.width or not sheet.height:
                continue
            places += sheet.width * sheet.height
            if places > limits.cells:
                raise RejectError(RejectReason.TOO_MANY_CELLS, f"more than {limits.cells} cells")
            columns = [[_text(value) for value in column.to_pylist()] for column in sheet.to_arrow().columns]
            rows = [list(row) for row in zip(*columns, strict=True)]
            sheets.append(_Sheet(sheet_name, rows, _placed(merged.get(sheet_name), rows, sheet)))
        return sheets
    except fastexcel.FastExcelError as error:
        protected = "password" in str(error).lower() or "encrypt" in str(error).lower()
        reason = RejectReason.ENCRYPTED if protected else RejectReason.DAMAGED
        raise RejectError(reason, f"the workbook cannot be opened: {str(error)[:200]}") from error


def _text(value: str | None) -> str:
    """A cell's value as text; a date without a time stays a date."""
    if value is None:
        return ""
    midnight = _MIDNIGHT.match(value)
    return midnight[1] if midnight else value


Range = tuple[int, int, int, int]


@dataclass(slots=True)
class _Merges:
    """Merged ranges (first row, first column, last row, last column from 0), and the first row with anything in it."""

    top: int
    ranges: list[Range]


def _merged(package: Package) -> dict[str, _Merges]:
    """What is merged in a .xlsx, by sheet name."""
    found: dict[str, _Merges] = {}
    main = next((part for kind, part in package.relationships("").values() if kind == "officeDocument"), "")
    workbook = package.xml(main)
    related = package.relationships(main) if workbook is not None else {}
    for element in workbook.iter() if workbook is not None else ():
        if local(element) != "sheet":
            continue
        key = next((value for name, value in element.attrib.items() if str(name).endswith("}id")), "")
        part = related.get(str(key), ("", ""))[1]
        if part in package:
            content = package.read(part)
            top = _FILLED.search(content)
            found[element.get("name", "")] = _Merges(int(top[1]) - 1 if top else 0, list(_ranges(content)))
    return found


def _ranges(sheet: bytes) -> Iterator[Range]:
    """Merged ranges in a sheet's XML, found without building a tree of it: the sheets are the large parts."""
    for reference in _MERGE.findall(sheet):
        match = _RANGE.match(reference.decode("ascii", "replace"))
        if match:
            yield int(match[2]) - 1, _column(match[1]), int(match[4]) - 1, _column(match[3])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _placed(
    merges: _Merges | None, rows: list[list[str]], sheet: fastexcel.ExcelSheet
) -> dict[tuple[int, int], tuple[int, int]]:
    """Merged ranges counted from where the sheet's cells begin: calamine leaves out what is empty before them."""
    if merges is None:
        return {}
    left = min((column.absolute_index for column in sheet.available_columns()), default=0)
    height, width = len(rows), len(rows[0])
    placed: dict[tuple[int, int], tuple[int, int]] = {}
    for first_row, first_col, last_row, last_col in merges.ranges:
        row, col = first_row - merges.top, first_col - left
        if 0 <= row < height and 0 <= col < width:
            down, across = last_row - first_row + 1, last_col - first_col + 1
            placed[row, col] = min(down, height - row), min(across, width - col)
    return placed


def _parts(sheet: _Sheet, page: int) -> Iterator[Block | Table]:
    """Rows of several texts are tables; rows of one text are headings and paragraphs, unless a table goes on."""
    texts = [[text for text in row if text.strip()] for row in sheet.rows]
    table: list[int] = []
    for row, filled in enumerate(texts):
        if len(filled) > 1 or (filled and table and _is_row(texts, row)):
            table.append(row)
            continue
        if table:
            yield _table(sheet, table, page)
            table = []
        if filled:
            yield Block(filled[0], page=page)
    if table:
        yield _table(sheet, table, page)


def _is_row(texts: list[list[str]], row: int) -> bool:
    """Whether a row with one text is part of the table above: a group's label, no heading, sentence or note."""
    text = texts[row][0]
    below = texts[row + 1] if row + 1 < len(texts) else []
    if shapes.is_prose(text) or not below:
        return False
    if shapes.is_chapter(text):
        return len(below) > 1 and shapes.is_enumerated(below[0]) and any(map(shapes.is_value, below))
    return len(below) > 1 or any(len(later) > 1 for later in texts[row + 1 : row + 3])


def _table(sheet: _Sheet, numbers: list[int], page: int) -> Table:
    cells: list[Cell] = []
    first = numbers[0]
    covered: set[tuple[int, int]] = set()
    for row in numbers:
        for col, text in enumerate(sheet.rows[row]):
            if (row, col) in covered:
                continue
            down, across = sheet.merged.get((row, col), (1, 1))
            down = min(down, numbers[-1] - row + 1)
            covered.update((row + r, col + c) for r in range(down) for c in range(across))
            cells.append(Cell(row - first + 1, col + 1, text, down, across, page))
    return Table(cells)
