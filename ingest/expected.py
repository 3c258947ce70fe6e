"""The list of bodies that must report, as a user gives it: coverage says by name which of them are missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest.documents.arrow import schema_of
from ingest.documents.raw import EXPECTED_COLUMNS
from ingest.errors import UsageError
from ingest.given_csv import given_rows, year_given

_COLUMNS = ("agency", "region_code", "from_year", "to_year")
_EXPECTED_SCHEMA = schema_of(EXPECTED_COLUMNS)


@dataclass(frozen=True, slots=True)
class ExpectedBodies:
    """Rows in the shape of `EXPECTED_COLUMNS`."""

    path: Path
    rows: list[dict[str, object]]


def read_expected(path: Path) -> ExpectedBodies:
    """Read and check a list of bodies. UsageError names the line and what is wrong with it."""
    rows: list[dict[str, object]] = []
    for where, given in given_rows("--expected", path, _COLUMNS):
        if not given["agency"]:
            raise UsageError(f"{where}: the agency is empty")
        if given["region_code"] and not re.fullmatch(r"\d{6}|\d{9}", given["region_code"]):
            raise UsageError(
                f"{where}: region_code {given['region_code']!r} is none of six digits (nine for a township); "
                "marts.dim_region has them all, and a national body has none"
            )
        from_year = year_given(given["from_year"], "from_year", where)
        to_year = year_given(given["to_year"], "to_year", where)
        if from_year and to_year and from_year > to_year:
            raise UsageError(f"{where}: from_year {from_year} is after to_year {to_year}")
        row: dict[str, object] = {
            "agency": given["agency"],
            "region_code": given["region_code"] or None,
            "from_year": from_year,
            "to_year": to_year,
        }
        if row in rows:
            raise UsageError(f"{where}: {given['agency']!r} stands there already")
        rows.append(row)
    if not rows:
        raise UsageError(f"--expected {path}: it names no body")
    return ExpectedBodies(path, rows)


def land_expected(connection: duckdb.DuckDBPyConnection, expected: ExpectedBodies) -> None:
    """Put a list in the place of the one given before."""
    connection.register("expected_rows", pa.Table.from_pylist(expected.rows, schema=_EXPECTED_SCHEMA))
    connection.execute("begin")
    connection.execute("delete from raw.expected_bodies")
    connection.execute("insert into raw.expected_bodies by name from expected_rows")
    connection.execute("commit")
    connection.unregister("expected_rows")
