"""Queries to the published file that can do nothing but read it, and their answers as a table, csv or JSON."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import duckdb
from rich.cells import cell_len, set_cell_size

from gongkai.console import out, plain, safe, say
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published
from ingest.errors import GongkaiError

_BATCH = 1_000
_WIDEST = 48
"""Cells of the terminal that a column of a table may take; csv and JSON have all of it."""


class Format(StrEnum):
    """How answers are written."""

    table = "table"
    csv = "csv"
    json = "json"


@contextmanager
def open_for_queries(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file for queries of anybody: read only, no other file, no network, no extension, and no setting
    that would change this. Marts and raw tables go by their plain names, too."""
    with open_published(warehouse) as connection:
        connection.execute("set search_path = 'marts,raw'")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, query: str, form: Format, most: int) -> None:
    """Run the statements of a query and write what each gives. GongkaiError says in a line what is wrong with one.

    `most`: rows of a table that are shown; 0 for all.
    """
    try:
        for statement in connection.extract_statements(query):
            result = connection.execute(statement)
            if result.description:
                _write(result, form, most)
    except (duckdb.Error, RuntimeError) as error:  # a statement that is none is a RuntimeError
        raise GongkaiError(_without_drawing(str(error))) from error


def _without_drawing(text: str) -> str:
    """What DuckDB says is wrong, without the drawing of the place; the nearest names, where it gives them."""
    kept = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("LINE ")]
    said = " ".join(line for line in kept if set(line) != {"^"})
    if "read-only mode" in said:
        return f"{said} (gongkai sql only reads: the warehouse is written by gongkai build alone)"
    if "disabled by configuration" in said or "configuration has been locked" in said:
        return f"{said} (gongkai sql reads the warehouse and nothing else)"
    return said


def _write(result: duckdb.DuckDBPyConnection, form: Format, most: int) -> None:
    names = [column[0] for column in result.description or []]
    if form is Format.table:
        rows = result.fetchall() if most == 0 else result.fetchmany(most)
        _write_table(names, rows)
        more = bool(most and len(rows) == most and result.fetchone())
        say(f"{len(rows)} row{'' if len(rows) == 1 else 's'}" + (", and more: --rows 0 shows all" if more else ""))
    elif form is Format.csv:
        lines = csv.writer(_Terminal() if out.is_terminal else sys.stdout, lineterminator="\n")
        lines.writerow(names)
        for row in _rows(result):
            lines.writerow([_as_text(value) for value in row])
    else:
        end = "["
        for row in _rows(result):
            print(end)
            print(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=plain), end="")
            end = ","
        print("[]" if end == "[" else "\n]")


class _Terminal:
    """stdout where it is a terminal: what stands in documents must not act there."""

    def write(self, text: str) -> None:
        print(safe(text.removesuffix("\n")))


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := result.fetchmany(_BATCH):
        yield from batch


def _write_table(names: list[str], rows: list[tuple[Any, ...]]) -> None:
    right = [all(isinstance(row[place], int | float | Decimal | None) for row in rows) for place, _ in enumerate(names)]
    cells = [names, *([safe("NULL" if value is None else _as_text(value)) for value in row] for row in rows)]
    widths = [min(_WIDEST, max(cell_len(line[place]) for line in cells)) for place, _ in enumerate(names)]
    lines = [cells[0], ["-" * width for width in widths], *cells[1:]]
    for line in lines:
        shown = (_fit(text, width, to_right) for text, width, to_right in zip(line, widths, right, strict=True))
        say("  ".join(shown).rstrip())


def _fit(text: str, width: int, to_right: bool) -> str:
    """Text in so many cells of the terminal, of which a Han character takes two."""
    free = width - cell_len(text)
    if free < 0:
        return set_cell_size(text, width - 1) + "…"
    return " " * free + text if to_right else text + " " * free


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat(*([" "] if hasattr(value, "hour") else []))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=plain)
    return str(value).lower() if isinstance(value, bool) else str(value)


def described(connection: duckdb.DuckDBPyConnection, table: str | None) -> Iterable[tuple[str, str]]:
    """The marts with what a row of each is, or the columns of one with what they mean."""
    if table is None:
        return connection.execute(
            "select table_name, coalesce(comment, '') from duckdb_tables() where schema_name = 'marts' order by all"
        ).fetchall()
    rows: list[tuple[str, str]] = connection.execute(
        "select column_name || ' ' || lower(data_type), coalesce(comment, '') from duckdb_columns() "
        "where schema_name in ('marts', 'raw') and table_name = ? order by schema_name, column_index",
        [table],
    ).fetchall()
    if not rows:
        raise GongkaiError(f"there is no table {table}; .tables lists them")
    return rows
