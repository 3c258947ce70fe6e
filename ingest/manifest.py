"""The manifest: a CSV of what the user knows of the files; its values win over what the documents say."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.documents.arrow import schema_of
from ingest.documents.raw import DOCUMENT_COLUMNS, MANIFEST_COLUMNS
from ingest.errors import RejectError, UsageError
from ingest.find import broken_link
from ingest.readers.encodings import decode

COLUMNS = ("path", "url", "agency", "year", "published_on")
MANIFEST_SCHEMA = schema_of(
    {name: DOCUMENT_COLUMNS[name] for name in ("source_file", "archive_member")} | MANIFEST_COLUMNS
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Rows in the shape of `MANIFEST_SCHEMA`; `source_file` is as in the CSV, relative to the folder ingested.

    A document inside an archive is named `archive.zip!path/inside`.
    """

    path: Path
    rows: list[dict[str, object]]


def read_manifest(path: Path) -> Manifest:
    """Read and check a manifest (UTF-8 or GB18030). UsageError names the line and what is wrong with it."""
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"--manifest {path}: is a folder, pipe or device; name a CSV file")
        text, _ = decode(path.read_bytes())
    except OSError as error:
        what = broken_link(path) or f"cannot be read ({error.strerror})"
        raise UsageError(f"--manifest {path}: {what}") from error
    except RejectError as error:
        raise UsageError(f"--manifest {path}: {error.detail}; save it as UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        return Manifest(path, _rows(reader, path))
    except csv.Error as error:
        where = f"--manifest {path}, line {reader.line_num}"
        if "field larger than field limit" in str(error):
            told = f"a field is longer than {csv.field_size_limit()} characters; a quotation mark may be missing"
            raise UsageError(f"{where}: {told}") from error
        raise UsageError(f"{where}: is no CSV ({error})") from error


def _rows(reader: csv.DictReader[str], path: Path) -> list[dict[str, object]]:
    """The rows, checked."""
    header = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = header
    if "path" not in header or (unknown := [name for name in header if name not in COLUMNS]):
        wrong = f"unknown column {unknown[0]!r}" if "path" in header else "no column path"
        raise UsageError(f"--manifest {path}: {wrong}; the columns are {', '.join(COLUMNS)}")
    if doubled := [name for name in COLUMNS if header.count(name) > 1]:
        raise UsageError(f"--manifest {path}: the column {doubled[0]} stands twice; leave one of them out")
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for record in reader:
        where = f"--manifest {path}, line {reader.line_num}"
        if None in record or None in record.values():
            raise UsageError(f"{where}: {len(header)} fields were expected, as in the first line")
        given = {name: value.strip() for name, value in record.items()}
        if not any(given.values()):
            continue
        source_file, _, member = given["path"].replace("\\", "/").removeprefix("./").partition("!")
        if not source_file:
            raise UsageError(f"{where}: the path is empty")
        row = {
            "source_file": source_file,
            "archive_member": member,
            "manifest_url": given.get("url") or None,
            "manifest_agency": given.get("agency") or None,
            "manifest_year": _year(given.get("year", ""), where),
            "manifest_published_on": _day(given.get("published_on", ""), where),
        }
        if rows.setdefault((source_file, member), row) != row:
            raise UsageError(f"{where}: {given['path']!r} stands twice, with different values")
    return list(rows.values())


def _year(text: str, where: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"(19|20)\d\d", text):
        raise UsageError(f"{where}: year {text!r} is not a year in four digits")
    return int(text)


def _day(text: str, where: str) -> date | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text)
    try:
        if match is None:
            raise ValueError
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise UsageError(f"{where}: published_on {text!r} is not a date such as 2021-01-31") from None
