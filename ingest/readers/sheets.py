"""Spreadsheets (.xlsx, .xls, .et, .ods) through calamine: tables of cells, and the texts that stand around them."""

from __future__ import annotations

import re

import fastexcel

from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.layout.sheet import Sheet, parts_of
from ingest.limits import Limits
from ingest.readers.ooxml import Package, core_properties
from ingest.readers.other_sheet_parts import ods_parts, xls_parts
from ingest.readers.sheet_formulas import column_number
from ingest.readers.xlsx_parts import SheetParts, sheet_parts

VERSION = "5"

_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2}) 00:00:00$")
_HEAD = 4096
_COUNT = re.compile(rb'\b(?:c|uniqueC)ount="(\d{1,15})"')
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables of all sheets that are shown. RejectError where it is damaged, protected or over a limit."""
    package = Package(data, limits) if data.startswith(b"PK") else None
    if package is not None:
        _check(package, limits)
    sheets = _sheets(data, package, limits)
    parts = [part for number, sheet in enumerate(sheets, 1) for part in parts_of(sheet, number)]
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
    at = [column_number(letters.decode("ascii")) for letters in columns]
    return (max(rows) - min(rows) + 1) * (max(at) - min(at) + 1)


def _sheets(data: bytes, package: Package | None, limits: Limits) -> list[Sheet]:
    try:
        workbook = fastexcel.read_excel(data)
        if len(workbook.sheet_names) > limits.pages:
            raise RejectError(
                RejectReason.TOO_MANY_PAGES, f"{len(workbook.sheet_names)} sheets; the limit is {limits.pages}"
            )
        known = _known_parts(data, package, limits)
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
            found = Sheet(sheet_name, rows, {})
            if sheet_name in known:
                left = min((column.absolute_index for column in sheet.available_columns()), default=0)
                found = _placed(found, known[sheet_name], left)
            sheets.append(found)
        return sheets
    except fastexcel.FastExcelError as error:
        protected = "password" in str(error).lower() or "encrypt" in str(error).lower()
        reason = RejectReason.ENCRYPTED if protected else RejectReason.DAMAGED
        raise RejectError(reason, f"the workbook cannot be opened: {str(error)[:200]}") from error


def _known_parts(data: bytes, package: Package | None, limits: Limits) -> dict[str, SheetParts]:
    """What calamine does not tell, by sheet name."""
    if package is None:
        return xls_parts(data)
    return ods_parts(package, limits) if "content.xml" in package else sheet_parts(package)


def _text(value: str | None) -> str:
    """A cell's value as text; a date without a time stays a date."""
    if value is None:
        return ""
    midnight = _MIDNIGHT.match(value)
    return midnight[1] if midnight else value


def _placed(sheet: Sheet, parts: SheetParts, left: int) -> Sheet:
    """
    A sheet as it is shown: merged, without what is hidden or struck out, with the sums that nobody computed.

    calamine leaves out what is empty before the first cell: `parts.top` and `left` tell where the texts begin.
    """
    height, width = len(sheet.rows), len(sheet.rows[0])
    for (at_row, at_column), text in (parts.computed | parts.seen).items():
        row, column = at_row - parts.top, at_column - left
        if 0 <= row < height and 0 <= column < width:
            sheet.rows[row][column] = text
    rows = [row for row in range(height) if row + parts.top not in parts.hidden_rows]
    columns = [
        column
        for column in range(width)
        if not any(first <= column + left <= last for first, last in parts.hidden_columns)
    ]
    row_places = {row: place for place, row in enumerate(rows)}
    column_places = {column: place for place, column in enumerate(columns)}
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for first_row, first_column, last_row, last_column in parts.merged:
        row, column = first_row - parts.top, first_column - left
        if not (0 <= row < height and 0 <= column < width):
            continue
        down = [row_places[at] for at in range(row, min(last_row - parts.top + 1, height)) if at in row_places]
        across = [column_places[at] for at in range(column, min(last_column - left + 1, width)) if at in column_places]
        if down and across:
            merged[down[0], across[0]] = len(down), len(across)
            # what a merged cell says stands in its first place, which may be hidden
            sheet.rows[rows[down[0]]][columns[across[0]]] = sheet.rows[row][column]
    shown = [[sheet.rows[row][column] for column in columns] for row in rows]
    computed = {
        (row_places[row], column_places[column])
        for (at_row, at_column), text in parts.computed.items()
        for row, column in ((at_row - parts.top, at_column - left),)
        if text and (at_row, at_column) not in parts.seen and row in row_places and column in column_places
    }
    return Sheet(sheet.name, shown, merged, computed)
