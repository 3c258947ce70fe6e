"""The marts in one database file, for tools that open such files: DuckDB, or SQLite."""

from __future__ import annotations

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path

import duckdb

from gongkai.export.files import SQLITE_MARK, replacing
from gongkai.export.marts import (
    Column,
    Columns,
    batches,
    ordered,
    primary_key,
    shown_columns,
    table_description,
)
from gongkai.export.values import is_exact_double, plain
from gongkai.publications import latest
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import literal, quoted


def write_duckdb(connection: duckdb.DuckDBPyConnection, target: Path, names: list[str], chosen: Columns) -> int:
    """Write marts into a DuckDB file (schema marts) with their descriptions. Returns the number of rows.

    The rows go over in batches, as a connection that reads the published file writes to none.
    """
    count = 0
    with replacing(target) as path:
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path), config=dict(SETTINGS)) as made:
            made.execute("create schema marts")
            # What the file is, and the mark by which the next export knows it.
            said = literal(latest(connection) or "not numbered")
            made.execute(f"create table gongkai_export as select {said} as publication")
            for table in names:
                own = shown_columns(connection, table, chosen)
                fields = ", ".join(f"{quoted(column.name)} {column.type}" for column in own)
                made.execute(f"create table marts.{table} ({fields})")
                made.execute(f"comment on table marts.{table} is {literal(table_description(connection, table))}")
                for column in own:
                    made.execute(
                        f"comment on column marts.{table}.{quoted(column.name)} is {literal(column.description)}"
                    )
                for frame in batches(connection, ordered(connection, table, chosen)):
                    count += frame.height
                    made.register("batch", frame.to_arrow())
                    made.execute(f"insert into marts.{table} from batch")
                    made.unregister("batch")
    return count


def write_sqlite(connection: duckdb.DuckDBPyConnection, target: Path, names: list[str], chosen: Columns) -> int:
    """Write marts into an SQLite file, a table each. Returns the number of rows.

    Lists are joined by `;`, truth is 1 or 0, days are text (2021-01-31); what each column means stands in the statement
    that made the table (`.schema`).
    """
    count = 0
    with replacing(target) as path:
        path.unlink(missing_ok=True)
        made = sqlite3.connect(path)
        try:
            made.executescript(
                f"pragma application_id = {SQLITE_MARK}; pragma journal_mode = off; pragma synchronous = off"
            )
            for table in names:
                own = shown_columns(connection, table, chosen)
                made.execute(_sqlite_table(connection, table, own))
                places = ", ".join("?" for _ in own)
                for frame in batches(connection, ordered(connection, table, chosen)):
                    count += frame.height
                    made.executemany(
                        f"insert into {quoted(table)} values ({places})",  # noqa: S608 - a name of ours
                        (tuple(_sqlite_value(value) for value in row) for row in frame.iter_rows()),
                    )
                made.commit()
        finally:
            made.close()
    return count


def _sqlite_table(connection: duckdb.DuckDBPyConnection, table: str, own: list[Column]) -> str:
    """The statement that makes a table, with descriptions as comments, and its key."""
    lines = [f"    {quoted(column.name)} {_sqlite_type(column.type)}" for column in own]
    names = [column.name for column in own]
    key = primary_key(connection, table, names)
    if key:
        lines.append(f"    primary key ({', '.join(quoted(name) for name in key)})")
    said = [f" -- {_one_line(column.description)}" if column.description else "" for column in own] + [""]
    body = "\n".join(
        f"{line}{',' if number < len(lines) - 1 else ''}{said[number]}" for number, line in enumerate(lines)
    )
    return f"create table {quoted(table)} ( -- {_one_line(table_description(connection, table))}\n{body}\n)"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sqlite_type(kind: str) -> str:
    if kind in {"INTEGER", "BIGINT", "BOOLEAN"}:
        return "integer"
    return "numeric" if kind.startswith("DECIMAL") or kind == "DOUBLE" else "text"


def _sqlite_value(value: object) -> object:
    """A value as SQLite keeps it: a decimal as the number it is, or as text where no number keeps all its digits."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) < 2**63:
            return int(value)
        return float(value) if is_exact_double(value) else plain(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return plain(value) if isinstance(value, list) else value
