"""The published warehouse as exports read it: tables, their columns with descriptions, keys, and rows in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from gongkai.warehouse.published import tables

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

BATCH_ROWS = 10_000
"""Rows held in memory at a time; a batch of the widest table is some 20 MB as Python objects."""

LONGEST_KEY = 8
"""Columns before and within the key of a mart at most (metrics); sorting by the long texts behind them costs memory."""

Columns = dict[str, set[str]]
"""Of some tables, the columns that are asked for."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a mart: its name, DuckDB type, and description."""

    name: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that leads to another mart."""

    column: str
    to_table: str
    to_column: str


def columns(connection: duckdb.DuckDBPyConnection, table: str, database: str | None = None) -> list[Column]:
    """The columns of a mart in their order; of the database that is in use, unless another one is named."""
    rows = connection.execute(
        "select column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = 'marts' and table_name = ? and database_name = coalesce(?, current_database()) "
        "order by column_index",
        [table, database],
    ).fetchall()
    return [Column(*row) for row in rows]


def shown_columns(connection: duckdb.DuckDBPyConnection, table: str, chosen: Columns) -> list[Column]:
    """The columns of a mart that are asked for."""
    every = columns(connection, table)
    return [column for column in every if table not in chosen or column.name in chosen[table]]


def ordered(connection: duckdb.DuckDBPyConnection, table: str, chosen: Columns | None = None, where: str = "") -> str:
    """A query of the rows by region, year and the first columns, which hold the key: the same data, the same files.

    Of a mart of reports without the two, they are those of the report. `where` is one more condition, of ours.
    """
    names = [column.name for column in columns(connection, table)]
    keys = [f"mart.{name}" for name in names[:LONGEST_KEY]]
    places = ("region_code", "year")
    join = ""
    if "report_id" in names and not set(places) <= set(names) and "dim_report" in every_name(connection):
        join = " left join marts.dim_report as reports on mart.report_id = reports.report_id"
        keys = ["mart.report_id", *keys]
    holder = {place: "mart" if place in names else "reports" if join else "" for place in places}
    order = dict.fromkeys([*(f"{holder[place]}.{place}" for place in places if holder[place]), *keys])
    shown = ", ".join(f"mart.{column.name}" for column in shown_columns(connection, table, chosen or {}))
    condition = f" where {where}" if where else ""
    return f"select {shown} from marts.{table} as mart{join}{condition} order by {', '.join(order)}"  # noqa: S608


def every_name(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The names of all marts, tables or views of what is picked of them."""
    views = connection.execute(
        "select view_name from duckdb_views() where schema_name = 'marts' and database_name = current_database()"
    ).fetchall()
    return sorted(name for (name,) in views) or tables(connection)


def table_description(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """What the mart holds, its grain first."""
    rows = connection.execute(
        "select coalesce(comment, '') from ("
        "from duckdb_tables() select schema_name, database_name, table_name, comment "
        "union all from duckdb_views() select schema_name, database_name, view_name, comment) "
        "where schema_name = 'marts' and table_name = ? and database_name = current_database()",
        [table],
    ).fetchall()
    return str(rows[0][0]) if rows else ""


def keys(connection: duckdb.DuckDBPyConnection, table: str) -> list[list[str]]:
    """The keys of a mart, as its tests hold them: each a list of columns that no two rows share."""
    if "table_keys" not in every_name(connection):
        return []
    rows = connection.execute(
        "select column_names from marts.table_keys where table_name = ? and kind = 'key' "
        "order by len(column_names), column_names",
        [table],
    ).fetchall()
    return [list(names) for (names,) in rows]


def references(connection: duckdb.DuckDBPyConnection, table: str) -> list[Reference]:
    """The columns of a mart that lead to others."""
    if "table_keys" not in every_name(connection):
        return []
    rows = connection.execute(
        "select column_names[1], to_table, to_column from marts.table_keys "
        "where table_name = ? and kind = 'reference' order by all",
        [table],
    ).fetchall()
    return [Reference(*row) for row in rows]


def _has_nulls(connection: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> bool:
    """Whether a column of a key is empty somewhere, so that it is no primary key."""
    condition = " or ".join(f"{name} is null" for name in names)
    rows = connection.execute(f"select exists(select 1 from marts.{table} where {condition})").fetchall()  # noqa: S608
    return bool(rows[0][0])


def primary_key(connection: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> list[str] | None:
    """The shortest key of a mart that is among these columns and has no empty cell; of several the first."""
    among = [key for key in keys(connection, table) if set(names).issuperset(key)]
    among.sort(key=lambda key: (len(key), [names.index(name) for name in key]))
    return next((key for key in among if not _has_nulls(connection, table, key)), None)


def arrow_batches(connection: duckdb.DuckDBPyConnection, query: str, rows: int = BATCH_ROWS) -> pa.RecordBatchReader:
    """The rows of a query, some thousands at a time, as Arrow has them."""
    return connection.sql(query).to_arrow_reader(rows)


def batches(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[pl.DataFrame]:
    """The rows of a query, some thousands at a time; one empty frame with the columns where there is no row."""
    import polars as pl  # here, as commands that export nothing need not wait for it

    reader = arrow_batches(connection, query)
    empty = True
    for batch in reader:
        empty = False
        yield pl.DataFrame(batch)
    if empty:
        yield pl.DataFrame(reader.schema.empty_table())
