"""The manifest: a CSV of what the user knows of the files; its values win over what the documents say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.documents.arrow import schema_of
from ingest.documents.raw import DOCUMENT_COLUMNS, MANIFEST_COLUMNS
from ingest.errors import UsageError
from ingest.given_csv import given_rows, year_given

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
    """Read and check a manifest. UsageError names the line and what is wrong with it."""
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for where, given in given_rows("--manifest", path, COLUMNS):
        source_file, _, member = given["path"].replace("\\", "/").removeprefix("./").partition("!")
        if not source_file:
            raise UsageError(f"{where}: the path is empty")
        row: dict[str, object] = {
            "source_file": source_file,
            "archive_member": member,
            "manifest_url": given["url"] or None,
            "manifest_agency": given["agency"] or None,
            "manifest_year": year_given(given["year"], "year", where),
            "manifest_published_on": _day(given["published_on"], where),
        }
        if rows.setdefault((source_file, member), row) != row:
            raise UsageError(f"{where}: {given['path']!r} stands twice, with different values")
    return Manifest(path, list(rows.values()))


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
