"""The workbook: written row by row in constant memory, from frames of some thousand rows."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from gongkai.export.csv_and_parquet import replacing
from gongkai.export.marts import batches
from gongkai.export.workbook_sheets import NOTE_KEYS, Sheet
from gongkai.publications import Publication, latest

EXCEL_ROWS = 1_048_576
"""Rows of a sheet, its heading included; a longer table goes on in a second sheet."""
EXCEL_TEXT = 32_767
"""Characters of a cell."""
EXACT_DIGITS = 15
"""Digits that Excel keeps of a number; longer ones stand as text, so that none is lost."""

_WIDTH_ROWS = 200
_MIN_WIDTH, _MAX_WIDTH = 8, 48

_READ_ME = (
    ("公开 Gongkai", "政府信息公开工作年度报告数据"),
    ("空白", "报告没有写明（不是零）。零：报告写明为零，或者以文字说明没有。"),
    ("金额", "单位为元。"),
    (
        "汇总",
        "地区×年度、层级×年度每个机构只计一份报告，部门的数字已在本级政府报告中。上级的数字常常已含下级：不同层级不可相加；"
        "合计见 all 行（不重复计数），all_if_contained 行把未写明范围的政府报告都当作全区域汇总。",
    ),
    (
        "着色的数字",
        "报告写的是约数（如700余件），或者读取存疑；批注中有原文。period_is_whole_year 说明数字是否覆盖全年。",
    ),
    ("填报份数", "写明这项数字的报告份数；其余报告没有写明，不能当作零。"),
    ("出处", "每个数字的原文见数据库表 marts.observations，或运行 gongkai show 报告编号。"),
    ("Coloured cells", "not exact in the report, or not read for sure: the note has its words."),
    ("Empty cells", "not reported, which is not zero. Zero: the report says zero, in figures or in words."),
    ("Sums", "one report of each body; levels hold one another, the rows all add them up with no figure twice."),
)


class _Formats:
    """The cell formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self.heading: Format = book.add_format(
            {"bold": True, "bg_color": "#D9E2F3", "text_wrap": True, "valign": "top"}
        )
        self.date: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.time: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.marked: Format = book.add_format({"bg_color": "#FFF2CC"})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})


def write_workbook(
    connection: duckdb.DuckDBPyConnection, target: Path, every: list[Sheet], *, rows_per_sheet: int = EXCEL_ROWS
) -> int:
    """Write a workbook of these sheets. Returns the number of rows of data in it.

    Nothing in it is a formula or a link: text is written as text whatever it begins with. GongkaiError where the file
    cannot be written.
    """
    published_at = connection.execute("select max(published_at) from raw.publication").fetchall()[0][0]
    publication = latest(connection)
    with replacing(target) as path:
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        # The time of the data, not of the export: the same data give the same file.
        book.set_properties({"title": "Gongkai", "created": published_at, "comments": str(publication or "")})
        formats = _Formats(book)
        _write_read_me(book, formats, every, publication)
        count = sum(_write_sheet(book, formats, connection, sheet, rows_per_sheet) for sheet in every)
        _write_dictionary(book, formats, every)
        try:
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(None, str(error)) from error
    return count


def _write_read_me(book: Workbook, formats: _Formats, every: list[Sheet], publication: Publication | None) -> None:
    page = book.add_worksheet("说明")
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 110)
    as_of = (
        [("发布", f"第{publication.number}次发布 {publication.published_at:%Y-%m-%d %H:%M} UTC")] if publication else []
    )
    lines = [
        *_READ_ME[:1],
        *as_of,
        *_READ_ME[1:],
        *((sheet.name, " ".join(sheet.description.split())) for sheet in every),
    ]
    for number, (name, text) in enumerate(lines):
        page.write_string(number, 0, name, formats.heading)
        page.write_string(number, 1, text[:EXCEL_TEXT], formats.wrapped)


def _write_sheet(
    book: Workbook, formats: _Formats, connection: duckdb.DuckDBPyConnection, sheet: Sheet, rows_per_sheet: int
) -> int:
    """Write a table, over as many sheets as it needs. Returns the number of rows."""
    names = [column.name for column in sheet.columns]
    headings = [sheet.headings.get(name, name) for name in names]
    key = [names.index(name) if name in names else None for name in NOTE_KEYS]
    rows: Iterator[tuple[object, ...]] = chain.from_iterable(
        frame.iter_rows() for frame in batches(connection, sheet.query)
    )
    count = 0
    part = 0
    following = next(rows, None)
    while following is not None or part == 0:
        part += 1
        page = book.add_worksheet(sheet.name if part == 1 else f"{sheet.name[:26]} ({part})")
        page.freeze_panes(1, 0)
        widths = [_width(heading, limit=20) for heading in headings]
        for column, heading in enumerate(headings):
            page.write_string(0, column, heading, formats.heading)
        line = 0
        while following is not None and line < rows_per_sheet - 1:
            line += 1
            notes = sheet.notes.get(tuple(following[place] if place is not None else None for place in key), {})
            for column, value in enumerate(following):
                _write_cell(page, formats, line, column, value, notes.get(names[column]))
                if line <= _WIDTH_ROWS and value is not None:
                    widths[column] = max(widths[column], _width(_shown(value)))
            following = next(rows, None)
        page.autofilter(0, 0, line, len(headings) - 1)
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        count += line
    return count


def _write_cell(
    page: Worksheet, formats: _Formats, row: int, column: int, value: object, note: str | None = None
) -> None:
    """Write a value in its own type, marked where it has a note; an unknown value leaves the cell empty."""
    if value is None:
        return
    marked = None
    if note is not None:
        marked = formats.marked
        page.write_comment(row, column, note[:EXCEL_TEXT])
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        if _fits_excel(value):
            page.write_number(row, column, float(value), marked)
        else:
            page.write_string(row, column, _shown(value), marked)
    elif isinstance(value, dt.datetime):
        page.write_datetime(row, column, value, formats.time)
    elif isinstance(value, dt.date):
        page.write_datetime(row, column, value, formats.date)
    else:
        page.write_string(row, column, _shown(value)[:EXCEL_TEXT])


def _fits_excel(value: int | float | Decimal) -> bool:
    """Whether Excel keeps every digit."""
    if isinstance(value, float):
        return value == value and abs(value) != float("inf")
    return len(Decimal(value).normalize().as_tuple().digits) <= EXACT_DIGITS


def _shown(value: object) -> str:
    """A value as people read it: lists joined, numbers without empty decimals."""
    if isinstance(value, list):
        return ";".join(str(item) for item in value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _width(text: str, limit: int = _MAX_WIDTH) -> int:
    """The width of a column that shows the text: a Chinese character takes two places."""
    places = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text[:limit])
    return min(max(places + 2, _MIN_WIDTH), limit)


def _write_dictionary(book: Workbook, formats: _Formats, every: list[Sheet]) -> None:
    """The data dictionary: one row a column of each sheet."""
    page = book.add_worksheet("数据字典")
    page.freeze_panes(1, 0)
    widths = {"工作表": 22, "表头": 40, "列名": 34, "类型": 16, "说明": 100}
    for column, (heading, width) in enumerate(widths.items()):
        page.write_string(0, column, heading, formats.heading)
        page.set_column(column, column, width)
    line = 0
    for sheet in every:
        for own in sheet.columns:
            line += 1
            description = " ".join(own.description.split())[:EXCEL_TEXT]
            for column, text in enumerate(
                (sheet.name, sheet.headings.get(own.name, own.name), own.name, own.type.lower(), description)
            ):
                page.write_string(line, column, text)
    page.autofilter(0, 0, line, 4)
