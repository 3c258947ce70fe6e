"""Files of comma-separated values, in any encoding: a table of cells, and the texts that stand around it."""

from __future__ import annotations

import csv
import io
import re

from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.layout.sheet import Sheet, parts_of
from ingest.limits import Limits
from ingest.readers.sniff import csv_mark
from ingest.readers.txt import decode_text

VERSION = "2"

_AS_TEXT = re.compile(r'="(.*)"$|\'(?=[\d.+-])(.*)$')
"""How a figure is written so that a spreadsheet program takes it for text."""


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables as of a sheet. RejectError where it is over a limit or its encoding cannot be told."""
    text, encoding = decode_text(data, limits)
    mark = csv_mark(text.encode()) or b","
    rows: list[list[str]] = []
    width = places = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=None), delimiter=mark.decode()):
            rows.append([_AS_TEXT.sub(r"\1\2", field.strip()) for field in row])
            width = max(width, len(row))
            places = len(rows) * width
            if places > limits.cells:
                raise RejectError(RejectReason.TOO_MANY_CELLS, f"more than {limits.cells} cells")
    except csv.Error as error:
        raise RejectError(RejectReason.DAMAGED, f"line {len(rows) + 1} is no row of values: {error}") from error
    filled = [row + [""] * (width - len(row)) for row in rows]
    return Document(list(parts_of(Sheet(name, filled, {}), None)), encoding=encoding)
