"""Pieces of SQL and of its answers that several rooms need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb


def quoted(name: str) -> str:
    """A name as SQL has it, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """Text as SQL has it, where a statement takes no parameters."""
    return "'" + str(text).replace("'", "''") + "'"


def attach(connection: duckdb.DuckDBPyConnection, path: Path, alias: str, option: str) -> None:
    """Open a database file beside the others of a connection; `option` as in `read_only`."""
    connection.execute(f"attach {literal(path)} as {alias} ({option})")


def records(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object] | None = None
) -> list[dict[str, object]]:
    """The rows of a query by the names of its columns."""
    cursor = connection.execute(query, dict(parameters or {}))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
