"""The workbook: written row by row in constant memory, from frames of some thousand rows."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from pathlib import Path

import duckdb
import xlsxwriter
from xlsxwriter.utility import xl_range
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from gongkai.export.files import replacing
from gongkai.export.first_sheet import About, Written, marked_counts, write_first_sheet
from gongkai.export.marts import batches
from gongkai.export.values import plain
from gongkai.export.wording import Labels
from gongkai.export.workbook_cells import FONT, Formats, Links, lines_of, width_of, worded, write_cell
from gongkai.export.workbook_sheets import Sheet, Shown

EXCEL_ROWS = 1_048_576
"""Rows of a sheet, its heading included; a longer table goes on in a second sheet."""

_WIDTH_ROWS = 200
_MIN_WIDTH, _MAX_WIDTH, _LONG_WIDTH = 8, 40, 60
_HEADING_LINES, _LINE_HEIGHT, _GAP = 4, 13.5, 6
_HIGHEST = 409
"""Points of the highest row that Excel takes."""
_FROZEN = 2
_PAGE_WIDTH = 230
"""Places across a printed page, at a size that can be read."""


@dataclass(slots=True)
class _Page:
    """A worksheet that is being written; `filled` are the columns with a value, `largest` the largest number of each.

    A text that is too long goes on behind the next cell; a number would be shown as ####.
    """

    page: Worksheet
    sheet: Sheet
    widths: list[int] = field(default_factory=list)
    filled: set[int] = field(default_factory=set)
    largest: dict[int, float] = field(default_factory=dict)
    rows: int = 0

    def see(self, column: int, text: str) -> None:
        """Make room for a text, within reason."""
        limit = _LONG_WIDTH if self.sheet.columns[column].format == "long" else _MAX_WIDTH
        self.widths[column] = max(self.widths[column], min(width_of(text) + 2, limit))


def write_workbook(
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    every: list[Sheet],
    labels: Labels,
    about: About,
    *,
    links: Links | None = None,
    rows_per_sheet: int = EXCEL_ROWS,
) -> int:
    """Write a workbook of these sheets. Returns the number of rows of data in it.

    Nothing in it is a formula: text is written as text whatever it begins with, and the only links lead to addresses
    of the web, to files that were read, and to the explorer. GongkaiError where the file cannot be written.
    """
    links = links or Links("", [], target.parent)
    links.word = labels.words("page").get("open_explorer", "")
    with replacing(target) as path:
        book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "default_format_properties": FONT, "strings_to_urls": False}
        )
        # The time of the data, not of the export: the same data give the same file.
        book.set_properties({"title": "Gongkai", "created": about.published_at, "comments": about.publication})
        formats = Formats(book)
        first = book.add_worksheet(labels.say("sheet_name"))
        written = [_write_sheet(book, formats, connection, sheet, labels, links, rows_per_sheet) for sheet in every]
        _write_dictionary(book, formats, every, labels)
        write_first_sheet(first, formats, labels, about, marked_counts(connection), written, rows_per_sheet)
        try:
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(None, str(error)) from error
    return sum(each.rows for each in written)


def _write_sheet(
    book: Workbook,
    formats: Formats,
    connection: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    labels: Labels,
    links: Links,
    rows_per_sheet: int,
) -> Written:
    """Write a table, over as many sheets as it needs."""
    names = [shown.name for shown in sheet.columns]
    unit = names.index("unit") if "unit" in names else None
    place_of = {code: names.index(name) for code, name in sheet.marked.items() if name in names}
    rows: Iterator[tuple[object, ...]] = chain.from_iterable(
        frame.iter_rows() for frame in batches(connection, sheet.query)
    )
    written = Written(sheet, [])
    following = next(rows, None)
    while following is not None or not written.names:
        name = sheet.name if not written.names else f"{sheet.name[:26]} ({len(written.names) + 1})"
        written.names.append(name)
        page = _begin(book, formats, sheet, name)
        while following is not None and page.rows < rows_per_sheet - 1:
            page.rows += 1
            notes = _notes(following[-1], place_of, labels) if sheet.marked else {}
            for column, shown in enumerate(sheet.columns):
                value = following[column]
                mark, note = notes.get(column, ("", ""))
                write_cell(
                    page.page, formats, links, (page.rows, column), shown, value,
                    unit=following[unit] if unit is not None else None, mark=mark,
                )  # fmt: skip
                if note:
                    page.page.write_comment(page.rows, column, note, _comment_size(note))
                if value is None:
                    continue
                if value or not shown.counts:
                    page.filled.add(column)
                if isinstance(value, int | float | Decimal):
                    page.largest[column] = max(page.largest.get(column, 0.0), abs(float(value)))
                elif page.rows <= _WIDTH_ROWS or shown.format == "long":
                    page.see(column, _seen(shown, value, links))
            _make_room(page, following)
            following = next(rows, None)
        _finish(page, formats, f"{sheet.code}_{len(written.names)}" if len(written.names) > 1 else sheet.code)
        written.rows += page.rows
    return written


def _make_room(page: _Page, row: tuple[object, ...]) -> None:
    """Height for the long texts of a row: not every program that opens a workbook finds it out by itself."""
    high = max(
        (
            lines_of(plain(row[column]), _LONG_WIDTH)
            for column, shown in enumerate(page.sheet.columns)
            if shown.format == "long" and isinstance(row[column], str)
        ),
        default=1,
    )
    if high > 1:
        page.page.set_row(page.rows, min(high * _LINE_HEIGHT + _GAP, _HIGHEST))


def _seen(shown: Shown, value: object, links: Links) -> str:
    """What of a value is seen in its cell."""
    if shown.format == "explorer":
        return links.word
    if shown.words:
        return worded(value, shown.words)
    if shown.format in {"id", "url"}:
        return plain(value)[:24]
    return plain(value)


def _begin(book: Workbook, formats: Formats, sheet: Sheet, name: str) -> _Page:
    """A worksheet with its headings, as a table whose end is told when it is known."""
    page = _Page(book.add_worksheet(name), sheet)
    page.widths = [_width_of_heading(shown.heading) for shown in sheet.columns]
    high = max(
        (lines_of(shown.heading, width) for shown, width in zip(sheet.columns, page.widths, strict=True)), default=1
    )
    page.page.set_row(0, high * _LINE_HEIGHT + _GAP)
    for column, shown in enumerate(sheet.columns):
        page.page.write_string(0, column, shown.heading, formats.heading(shown.part))
    return page


def _width_of_heading(heading: str) -> int:
    """Room for a heading on a few lines, and for its longest word on one."""
    word = max(len(word) for word in re.findall(r"[!-~]+", heading) or [""])
    return max(_MIN_WIDTH, math.ceil(width_of(heading) / _HEADING_LINES) + 4, word + 3)


def _finish(page: _Page, formats: Formats, table: str) -> None:
    """Widths, frozen heads, the table, and how it is printed."""
    sheet, columns = page.page, page.sheet.columns
    for column, number in page.largest.items():
        whole = columns[column].format == "year"
        page.see(column, f"{number:.0f}" if whole else f"{-number:,.2f} ")
    empty = {place for place, shown in enumerate(columns) if shown.part == "figure" and place not in page.filled}
    for column, width in enumerate(page.widths):
        sheet.set_column(column, column, width, None, {"hidden": column in empty and page.rows > 0})
    sheet.freeze_panes(1, min(_FROZEN, len(columns)))
    if columns:
        _make_table(page, table)
    printed = sum(1 for shown in columns if shown.part not in {"link", "id"})
    across = sum(width for place, width in enumerate(page.widths[:printed]) if place not in empty)
    frozen = sum(page.widths[:_FROZEN])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    # A third more is better made smaller than put on a page of its own.
    sheet.fit_to_pages(max(1, math.ceil((across - frozen) / max(_PAGE_WIDTH - frozen, 1) - 1 / 3)), 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, _FROZEN - 1)
    sheet.print_area(0, 0, page.rows, max(printed - 1, 0))
    sheet.set_footer("&L&8&A&R&8&P / &N")


def _make_table(page: _Page, name: str) -> None:
    """Make an Excel table of what was written.

    XlsxWriter makes none in constant memory, as it would write the headings behind the rows; here they stand already.
    It is given one row to begin with, as it notes every cell of a table.
    """
    sheet, columns = page.page, page.sheet.columns
    kept = sheet.table
    sheet.table, sheet.constant_memory = defaultdict(dict), False
    failed = sheet.add_table(
        0,
        0,
        1,
        len(columns) - 1,
        {"name": name, "style": None, "columns": [{"header": each.heading} for each in columns]},
    )
    sheet.table, sheet.constant_memory = kept, True
    assert failed == 0, name
    sheet.table_cells.clear()
    whole = xl_range(0, 0, max(page.rows, 1), len(columns) - 1)
    sheet.tables[-1] |= {"range": whole, "a_range": whole, "autofilter": whole}


def _notes(value: object, place_of: dict[str, int], labels: Labels) -> dict[int, tuple[str, str]]:
    """The mark and the words for cells of a row, by column."""
    notes = {}
    for said in value if isinstance(value, list) else []:
        column = place_of.get(said["indicator"])
        if column is None:
            continue
        sureness = labels.words("sureness").get(said["qualifier"], "") if said["qualifier"] != "exact" else ""
        remark = labels.words("remark")
        words = [sureness, remark["doubtful"] if said["is_doubtful"] else ""]
        if said["corrected"]:
            words.append(f"{remark['corrected']} {plain(said['original'])}（{said['corrected']}）")
        mark = "corrected" if said["corrected"] else "doubtful" if said["is_doubtful"] else "about"
        text = "；".join(word for word in words if word)
        notes[column] = (mark, f"{text}\n{remark['words']}：{said['words'] or ''}"[:1_000])
    return notes


def _comment_size(note: str) -> dict[str, object]:
    """Room for a note: as wide as a line of 36 places, as high as it has lines."""
    return {"width": 270, "height": 12 + 17 * lines_of(note, 36), "font_size": 9, "color": "#FFFFE1"}


def _write_dictionary(book: Workbook, formats: Formats, every: list[Sheet], labels: Labels) -> None:
    """The data dictionary: one row a column of each sheet."""
    page = book.add_worksheet(labels.say("dictionary_name"))
    page.freeze_panes(1, 2)
    widths = {"sheet": 24, "heading": 36, "column": 34, "type": 16, "description": 90}
    for column, (name, width) in enumerate(widths.items()):
        page.write_string(0, column, labels.say(f"dictionary_{name}"), formats.heading("head"))
        page.set_column(column, column, width)
    line = 0
    for sheet in every:
        for own in sheet.columns:
            line += 1
            description = " ".join(own.column.description.split())
            for column, text in enumerate(
                (sheet.name, own.heading, own.column.name, own.column.type.lower(), description)
            ):
                page.write_string(line, column, text, formats.cell("long"))
    page.autofilter(0, 0, line, len(widths) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&L&8&A&R&8&P / &N")
