"""The published warehouse as exports read it: tables, their columns with descriptions, and rows in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    import polars as pl

BATCH_ROWS = 10_000
"""Rows held in memory at a time; a batch of the widest table is some 20 MB as Python objects."""

LONGEST_KEY = 8
"""Columns before and within the key of a mart at most (metrics); sorting by the long texts behind them costs memory."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a mart: its name, DuckDB type, and description."""

    name: str
    type: str
    description: str


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[Column]:
    """The columns of a mart in their order."""
    rows = connection.execute(
        "select column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = 'marts' and table_name = ? order by column_index",
        [table],
    ).fetchall()
    return [Column(*row) for row in rows]


def ordered(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """A query of the rows by report and by the first columns, which hold the key: the same data, the same files."""
    names = [column.name for column in columns(connection, table)]
    keys = dict.fromkeys([*(name for name in names if name == "report_id"), *names[:LONGEST_KEY]])
    return f"from marts.{table} order by {', '.join(keys)}"


def table_description(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """What the mart holds, its grain first."""
    row = connection.execute(
        "select coalesce(comment, '') from duckdb_tables() where schema_name = 'marts' and table_name = ?", [table]
    ).fetchone()
    return str(row[0]) if row else ""


def batches(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[pl.DataFrame]:
    """The rows of a query, some thousands at a time; one empty frame with the columns where there is no row."""
    import polars as pl  # here, as commands that export nothing need not wait for it

    reader = connection.sql(query).to_arrow_reader(BATCH_ROWS)
    empty = True
    for batch in reader:
        empty = False
        yield pl.DataFrame(batch)
    if empty:
        yield pl.DataFrame(reader.schema.empty_table())
