"""What a page is asked and what it answers: the same content as a page to read, as JSON and as CSV."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gongkai.explore.library import Publication, Row
from gongkai.explore.page_pictures import PagePictures
from gongkai.export.csv_files import plain

LONGEST_TEXT = 120
"""Characters of a parameter that are looked at."""
FACTS = ("fct_disclosures", "fct_applications", "fct_appeals", "fct_fees", "fct_staffing")
"""The subjects of indicators in the order of the forms."""
MAIN = ("disclosure.total", "application.received", "application.outcome.granted", "application.outcome.refused")
"""The figures that most people look for first."""
LEVELS = "select level_code, name_zh, name_en from marts.dim_level order by level_rank"
PROVINCES = """
    select region_code, name from marts.dim_region
    where level_code = 'province' and valid_to_year is null
    order by region_code
"""
MOST_VALUES = 60
"""Values of one parameter that are looked at."""

_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, with the publication and the language that it is answered from and in."""

    publication: Publication
    request: Request
    language: str
    pictures: PagePictures

    def text(self, name: str, default: str = "") -> str:
        """A parameter of the address, cut to a length that means something."""
        return self.request.query_params.get(name, default)[:LONGEST_TEXT].strip()

    def many(self, name: str, most: int = MOST_VALUES) -> list[str]:
        """All values of a parameter, each once, in their order."""
        values = (value[:LONGEST_TEXT].strip() for value in self.request.query_params.getlist(name))
        return list(dict.fromkeys(value for value in values if value))[:most]

    def year(self, name: str) -> int | None:
        """A parameter that is a year; None where it is none."""
        text = self.text(name)
        return int(text) if _YEAR.fullmatch(text) else None

    def page_number(self) -> int:
        """The number of the page of a long list, from 1."""
        text = self.text("page")
        return min(max(int(text), 1), 10_000) if text.isascii() and text.isdecimal() and len(text) < 6 else 1

    def one_of(self, name: str, values: Sequence[str], default: str) -> str:
        """A parameter that is one of a few words."""
        text = self.text(name)
        return text if text in values else default

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])[:LONGEST_TEXT]

    def say(self, zh: str, en: str) -> str:
        """The words of the language asked for."""
        return en if self.language == "en" else zh


@dataclass(slots=True)
class Page:
    """An answer: `data` is what JSON shows, `table` what CSV shows, and `view` what the page needs besides."""

    template: str
    title: str
    data: dict[str, object]
    table: Sequence[Row]
    view: Mapping[str, object] = field(default_factory=dict)


PageOf = Callable[[Ask], Page]


def not_found(what: str) -> HTTPException:
    """The error for something that the publication does not hold."""
    return HTTPException(404, what)


def as_json(page: Page) -> Response:
    """The page as JSON, numbers as numbers."""
    text = json.dumps({"title": page.title, **page.data}, ensure_ascii=False, indent=2, default=_jsonable)
    return Response(text, media_type="application/json")


def as_csv(page: Page) -> Response:
    """The table of the page as CSV with a byte order mark; text that a spreadsheet would run gets an apostrophe."""
    rows = [{name: _cell(value) for name, value in row.items()} for row in page.table]
    names = list(dict.fromkeys(name for row in rows for name in row))
    decimals = {name for name in names if any(isinstance(row.get(name), Decimal) for row in rows)}
    schema = {name: pl.Decimal(38, 4) if name in decimals else None for name in names}
    frame = pl.DataFrame(rows, schema=schema, infer_schema_length=None)
    buffer = io.BytesIO()
    plain(frame).write_csv(buffer, include_bom=True, line_terminator="\r\n")
    return Response(buffer.getvalue(), media_type="text/csv; charset=utf-8")


def _cell(value: object) -> object:
    return ";".join(map(str, value)) if isinstance(value, list) else value


def _jsonable(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def shown_number(value: object) -> str:
    """A number as people read it: thousands apart, no empty decimals; nothing for no number."""
    if value is None:
        return ""
    number = Decimal(str(value))
    text = f"{number:,.4f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text.replace("-", "−")
