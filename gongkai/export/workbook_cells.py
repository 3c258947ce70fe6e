"""Cells of the workbook: their formats, widths and links, and how a value of the warehouse is written."""

from __future__ import annotations

import datetime as dt
import math
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from gongkai.export.values import is_exact_double, plain
from gongkai.export.workbook_sheets import Shown

EXCEL_TEXT = 32_767
"""Characters of a cell."""
_LINKS = 65_000
"""Links of a sheet, of the 65,530 that Excel takes; what would be one more stands as text."""
_LONGEST_LINK = 2_000

FONT = {"font_name": "Arial", "font_size": 10}
_LINE = {"bottom": 1, "bottom_color": "#D9D9D9", "valign": "vcenter"}
_WHOLE, _BROKEN, _PERCENT, _DECIMAL = "#,##0", "#,##0.00##", "0.0%", "#,##0.00"
_NUMBERS = {
    "id": "@",
    "year": "0",
    "date": "yyyy-mm-dd",
    "time": "yyyy-mm-dd hh:mm",
    "percent": _PERCENT,
    "decimal": _DECIMAL,
}
MARKS = {"about": "#FFF2CC", "doubtful": "#F8CBAD", "corrected": "#C6E0B4"}
"""The colours of marked cells: not exact, not read for sure, corrected by hand."""


class Formats:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, ...], Format] = {}

    def heading(self, part: str) -> Format:
        """Of a heading: what is there for machines stands back."""
        colour = {"head": "#1F3864", "figure": "#2F5597"}.get(part, "#7F7F7F")
        return self._format(
            ("heading", colour),
            {"bold": True, "font_color": "white", "bg_color": colour, "text_wrap": True, "valign": "vcenter",
             "border": 1, "border_color": "#FFFFFF"},
        )  # fmt: skip

    def cell(self, kind: str, number: str = "", mark: str = "") -> Format:
        """Of a cell of data; `number` is Excel's number format."""
        wanted: dict[str, object] = dict(_LINE)
        if number:
            wanted["num_format"] = number
        if kind == "long":
            wanted["text_wrap"] = True
        if kind in {"url", "file", "explorer"}:
            wanted |= {"font_color": "#0563C1", "underline": 1}
        if kind == "id":
            wanted["font_color"] = "#7F7F7F"
        if kind in {"date", "truth", "year"}:
            wanted["align"] = "center"
        if kind == "number":
            wanted |= {"align": "right", "indent": 1}
        if mark:
            wanted["bg_color"] = MARKS[mark]
        return self._format((kind, number, mark), wanted)

    def page(self, name: str, wanted: dict[str, object]) -> Format:
        """Of the first sheet."""
        return self._format(("page", name), {"valign": "top", "text_wrap": True, **wanted})

    def _format(self, name: tuple[str, ...], wanted: Mapping[str, object]) -> Format:
        if name not in self._made:
            self._made[name] = self._book.add_format({**FONT, **wanted})
        return self._made[name]


@dataclass(slots=True)
class Links:
    """Where links of a workbook lead: the explorer, and the files beside or above the workbook."""

    explorer: str
    folders: list[Path]
    home: Path
    word: str = ""
    counts: dict[int, int] = field(default_factory=dict)
    """Links written so far, by the index of the sheet."""

    def target(self, kind: str, text: str) -> str | None:
        """The address for a text; None where it leads nowhere that is safe to go to."""
        if kind == "explorer":
            return f"{self.explorer}/reports/{text}" if self.explorer else None
        if kind == "url":
            return text if text.startswith(("http://", "https://")) and len(text) <= _LONGEST_LINK else None
        return self._file(text)

    def _file(self, source_file: str) -> str | None:
        found = _found(source_file, tuple(self.folders))
        if found is None:
            return None
        relative = os.path.relpath(found, self.home)
        return f"external:{relative}" if len(relative) <= _LONGEST_LINK and "#" not in relative else None

    def room(self, page: Worksheet) -> bool:
        """Whether the sheet takes one more link, which is counted."""
        self.counts[page.index] = self.counts.get(page.index, 0) + 1
        return self.counts[page.index] <= _LINKS


@cache
def _found(source_file: str, folders: tuple[Path, ...]) -> Path | None:
    """The file where it was read, if it is still there."""
    for folder in folders:
        path = folder / source_file
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            return path
    return None


def write_cell(
    page: Worksheet, formats: Formats, links: Links, place: tuple[int, int], shown: Shown, value: object, *,
    unit: object = None, mark: str = "",
) -> None:  # fmt: skip
    """Write a value in its own type; an unknown value leaves the cell empty. `unit` is the row's, as a code."""
    row, column = place
    words = worded(value, shown.words) if shown.words else ""
    if words:
        page.write_string(row, column, words[:EXCEL_TEXT], formats.cell(shown.format, mark=mark))
    elif value is None or shown.words:
        page.write_blank(row, column, None, formats.cell("text"))
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, formats.cell("truth", mark=mark))
    elif isinstance(value, int | float | Decimal):
        if is_exact_double(value):
            kind = "year" if shown.format == "year" else "number"
            page.write_number(row, column, float(value), formats.cell(kind, _number(shown.format, value, unit), mark))
        else:
            page.write_string(row, column, plain(value), formats.cell("number", mark=mark))
    elif isinstance(value, dt.date):
        number = _NUMBERS["time" if isinstance(value, dt.datetime) else "date"]
        page.write_datetime(row, column, value, formats.cell("date", number, mark))
    elif shown.part == "link" and (target := links.target(shown.format, str(value))) and links.room(page):
        text = links.word if shown.format == "explorer" else plain(value)
        page.write_url(row, column, target, formats.cell(shown.format), text[:EXCEL_TEXT])
    else:
        kind = "text" if shown.part == "link" else shown.format
        page.write_string(row, column, plain(value)[:EXCEL_TEXT], formats.cell(kind, _NUMBERS.get(kind, ""), mark))


def worded(value: object, words: Mapping[str, str]) -> str:
    """The words for a code, or for each of a list of codes; the code itself where there are none."""
    if isinstance(value, list):
        return "；".join(words.get(str(item), str(item)) for item in value if item is not None)
    key = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return words.get(key, key)


def _number(kind: str, value: int | float | Decimal, unit: object) -> str:
    """The number format: as its column has it, or the unit of its row; no figure is rounded out of sight."""
    if kind == "by_unit" and unit == "share":
        return _PERCENT
    if kind in _NUMBERS:
        return _NUMBERS[kind]
    if value == math.floor(value):
        return _WHOLE
    return _DECIMAL if kind == "by_unit" else _BROKEN


def width_of(text: str) -> int:
    """The places that a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def lines_of(text: str, width: float) -> int:
    """The lines that a text takes in a cell that is so many places wide."""
    return sum(max(1, math.ceil(width_of(line) / max(width - 1, 1))) for line in text.split("\n"))
