"""CSV files that a user writes and hands in by an option: read and checked, each row with where it stands."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import RejectError, UsageError
from ingest.find import broken_link
from ingest.readers.encodings import decode


def given_rows(option: str, path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of a CSV (UTF-8 or GB18030) that are not empty, stripped, each after the words that say where it stands.

    The first of `columns` must be there, the others may be; a column that is not there is an empty field. UsageError
    names the line and what is wrong with it.
    """
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{option} {path}: is a folder, pipe or device; name a CSV file")
        text, _ = decode(path.read_bytes())
    except OSError as error:
        what = broken_link(path) or f"cannot be read ({error.strerror})"
        raise UsageError(f"{option} {path}: {what}") from error
    except RejectError as error:
        raise UsageError(f"{option} {path}: {error.detail}; save it as UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        yield from _rows(reader, f"{option} {path}", columns)
    except csv.Error as error:
        where = f"{option} {path}, line {reader.line_num}"
        if "field larger than field limit" in str(error):
            told = f"a field is longer than {csv.field_size_limit()} characters; a quotation mark may be missing"
            raise UsageError(f"{where}: {told}") from error
        raise UsageError(f"{where}: is no CSV ({error})") from error


def _rows(reader: csv.DictReader[str], file: str, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    header = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = header
    if columns[0] not in header or (unknown := [name for name in header if name not in columns]):
        wrong = f"unknown column {unknown[0]!r}" if columns[0] in header else f"no column {columns[0]}"
        raise UsageError(f"{file}: {wrong}; the columns are {', '.join(columns)}")
    if doubled := [name for name in columns if header.count(name) > 1]:
        raise UsageError(f"{file}: the column {doubled[0]} stands twice; leave one of them out")
    for record in reader:
        where = f"{file}, line {reader.line_num}"
        if None in record or None in record.values():
            raise UsageError(f"{where}: {len(header)} fields were expected, as in the first line")
        given = {name: value.strip() for name, value in record.items()}
        if any(given.values()):
            yield where, dict.fromkeys(columns, "") | given


def year_given(text: str, column: str, where: str) -> int | None:
    """A year in four digits; None for an empty field. UsageError for anything else."""
    if not text:
        return None
    if not re.fullmatch(r"(19|20)\d\d", text):
        raise UsageError(f"{where}: {column} {text!r} is not a year in four digits")
    return int(text)
