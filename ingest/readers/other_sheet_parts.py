"""What calamine does not tell of the sheets of a .xls or .ods: what is merged and what is hidden."""

from __future__ import annotations

import io
import struct

import xlrd
from lxml import etree

from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.readers.ooxml import Package, attribute, child, local
from ingest.readers.xlsx_parts import SheetParts

_DAMAGE = (
    *(xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, NotImplementedError),
    *(ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError),
)
"""What falls out of xlrd where a workbook is broken."""
_MOST_REPEATS = 1_048_576


def xls_parts(data: bytes) -> dict[str, SheetParts]:
    """The parts of the sheets of a .xls, by sheet name; none of a file that only calamine can open."""
    try:
        workbook = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except _DAMAGE:  # the texts themselves are calamine's
        return {}
    return {
        sheet.name: SheetParts(
            top=next((row for row in range(sheet.nrows) if any(sheet.row_types(row))), 0),
            merged=[(first, left, last - 1, right - 1) for first, last, left, right in sheet.merged_cells],
            hidden_rows={row for row, info in sheet.rowinfo_map.items() if info.hidden},
            hidden_columns=[(column, column) for column, info in sheet.colinfo_map.items() if info.hidden],
        )
        for sheet in workbook.sheets()
    }


def ods_parts(package: Package, limits: Limits) -> dict[str, SheetParts]:
    """The parts of the sheets of a .ods, by sheet name."""
    content = package.xml("content.xml")
    sheets = child(content, "body", "spreadsheet")
    return {
        attribute(table, "name") or "": _table_parts(table, limits)
        for table in (sheets if sheets is not None else ())
        if local(table) == "table"
    }


def _table_parts(table: etree._Element, limits: Limits) -> SheetParts:
    parts = SheetParts(top=-1)
    row = column = 0
    for element in table.iter():
        kind = local(element)
        hidden = attribute(element, "visibility") in ("collapse", "filter")
        if kind == "table-column":
            count = _count(element, "number-columns-repeated", 1)
            if hidden:
                parts.hidden_columns.append((column, column + count - 1))
            column += count
        elif kind == "table-row":
            count = _count(element, "number-rows-repeated", 1)
            if hidden:
                if count > limits.cells:
                    raise RejectError(RejectReason.TOO_MANY_CELLS, f"{count} repeated rows")
                parts.hidden_rows.update(range(row, row + count))
            if _row_parts(element, row, parts) and parts.top < 0:
                parts.top = row
            row += count
    parts.top = max(parts.top, 0)
    return parts


def _row_parts(row: etree._Element, at: int, parts: SheetParts) -> bool:
    """Take in what is merged in a row; whether any cell of it says something."""
    column, filled = 0, False
    for cell in row:
        if local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        down, across = _count(cell, "number-rows-spanned", 1), _count(cell, "number-columns-spanned", 1)
        if down > 1 or across > 1:
            parts.merged.append((at, column, at + down - 1, column + across - 1))
        filled = filled or len(cell) > 0
        column += _count(cell, "number-columns-repeated", 1)
    return filled


def _count(element: etree._Element, name: str, missing: int) -> int:
    text = attribute(element, name) or ""
    return min(int(text), _MOST_REPEATS) if text.isascii() and text.isdigit() else missing
