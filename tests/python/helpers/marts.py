"""The marts of two warehouses beside each other."""

from __future__ import annotations

from pathlib import Path

import duckdb

TIMES = ("first_seen_at", "last_seen_at", "ingested_at", "seen_at")
OF_PUBLICATIONS = ("publications", "changes")
"""Marts that tell of what was published before: other warehouses have another past, and dbt makes none of them."""


def shape(file: Path) -> list[tuple[object, ...]]:
    """Tables and columns of marts, with their types and comments; of a published or a work file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(
            """
            with told as (
                select schema_name, table_name, column_name, data_type, comment from duckdb_columns()
                union all
                select schema_name, table_name, '', '', comment from duckdb_tables()
                union all
                select schema_name, view_name, '', '', comment from duckdb_views()
            )

            select * exclude (schema_name)
            from told
            where schema_name = 'marts' and not list_contains(?, table_name)
            order by all
            """,
            [list(OF_PUBLICATIONS)],
        ).fetchall()


def never_null(work: Path) -> set[tuple[str, str]]:
    """The columns of marts that a work file's tables declare NOT NULL."""
    with duckdb.connect(str(work), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and not is_nullable"
        ).fetchall()
    return set(rows)


def different(left: Path, right: Path) -> dict[str, list[tuple[object, ...]]]:
    """The marts whose rows differ, times aside, with some rows that one side has more often than the other."""
    with duckdb.connect() as connection:
        for side, path in (("one", left), ("other", right)):
            connection.execute(f"attach '{path}' as {side} (read_only)")
        names = connection.sql(
            "select distinct table_name from duckdb_tables() where schema_name = 'marts' order by all"
        ).fetchall()
        found = {}
        for (name,) in names:
            if name in OF_PUBLICATIONS:
                continue
            kept = f"select columns(lambda name: name not in {TIMES}) from"
            one, other = f"({kept} one.marts.{name})", f"({kept} other.marts.{name})"
            rows = connection.sql(
                f"(from {one} except all from {other}) union all (from {other} except all from {one}) limit 5"
            ).fetchall()
            if rows:
                found[name] = rows
        return found
