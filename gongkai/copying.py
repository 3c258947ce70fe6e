"""The tables of a published file: each copied from the work file, or brought up to date by what changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import duckdb

from gongkai.warehouse import state
from gongkai.warehouse.cursors import Cursors
from gongkai.warehouse.sql import literal, quoted

Connection = duckdb.DuckDBPyConnection

SCHEMAS = ("marts", "raw")
"""What a publish makes anew; every other schema of the published file is an analyst's, and stays."""

EVIDENCE_TABLES = (
    *("documents", "document_sources", "blocks", "table_cells"),
    *("rejects", "expected_bodies", "ingest_runs"),
)
"""The raw tables that are published with the marts: evidence leads to their words."""

# Tables with the rows of each document, and the model in the ledger that tells of which change they are.
_BY_DOCUMENT = {
    "marts.observations": "observations",
    "marts.quantities": "quantities",
    "raw.blocks": "stg_raw__blocks",
    "raw.table_cells": "stg_raw__table_cells",
}
# Tables with the rows of other keys, which the ledger has in the place of documents: each with the column of its key.
_BY_KEY = {
    "marts.findings": "report_id",
    "marts.metrics": "year",
    "marts.regional_series": "region_code",
    "marts.series": "entity_id",
}
EXCHANGED_MODELS = (*_BY_DOCUMENT.values(), *(table.removeprefix("marts.") for table in _BY_KEY))
"""The models of tables that take over the rows of what changed since they were published."""

_ORDER = ("year", "region_code", "report_id")
"""The columns that rows of marts are sorted by, as far as they have them: what is asked for together lies together. The
long tables, whose rows are exchanged by document, have no order; rows that are exchanged by another key come last."""

_LARGEST_CHANGE, _LARGEST_OF_KEYS = 0.1, 0.5
"""The share of documents, and of other keys of a table, up to which rows are exchanged: deleted rows leave holes, and
most of a table is sooner copied anew than exchanged."""


def few_documents_changed(connection: Connection) -> bool:
    """Whether so few documents of `work` changed since the last publish that exchanging rows is the shorter way."""
    keys = state.keys_of_models(_BY_DOCUMENT.values())
    row = connection.execute(
        f"select (select count(distinct document_id) from ({keys}) where is_changed) <= ? * count(*) "  # noqa: S608 - ours
        "from work.raw.documents",
        [_LARGEST_CHANGE],
    ).fetchone()
    return bool(row and row[0])


def copy_tables(connection: Connection, *, exchange: bool) -> list[str]:
    """Bring `published`, which is empty or a copy of what is published, to the state of `work`; the tables' names.

    `exchange`: it is as the last publish left it. Not a transaction: cut short, the file is to be thrown away.
    """
    described, there = _described(connection, "work"), _described(connection, "published")
    marts = sorted(name for schema, name in described if schema == "marts")
    tables = [*(("marts", name) for name in marts), *(("raw", name) for name in EVIDENCE_TABLES)]
    exchanged = [
        (schema, name)
        for schema, name in tables
        if exchange
        and (f"{schema}.{name}" in _BY_DOCUMENT or _few_keys_changed(connection, f"{schema}.{name}"))
        and described[schema, name] == there.get((schema, name))
    ]
    for schema in SCHEMAS:
        connection.execute(f"create schema if not exists published.{schema}")
    for schema, name in there:
        if schema in SCHEMAS and (schema, name) not in exchanged:
            connection.execute(f"drop table published.{schema}.{quoted(name)}")
    connection.execute("checkpoint published")  # so that what is written next takes the place of what was dropped
    with Cursors(connection) as cursors:
        copied = [
            cursors.submit(
                partial(_exchange, schema=schema, name=name)
                if (schema, name) in exchanged
                else partial(_copy_table, schema=schema, name=name, described=described[schema, name])
            )
            for schema, name in tables
        ]
        for future in copied:
            future.result()
    return [f"{schema}.{name}" for schema, name in tables]


def _few_keys_changed(connection: Connection, table: str) -> bool:
    """Whether a table has rows of keys, so few of which changed that exchanging their rows is the shorter way."""
    if table not in _BY_KEY:
        return False
    keys = state.keys_of_models([table.removeprefix("marts.")])
    row = connection.execute(
        f"select count(*) filter (where is_changed) <= ? * count(version) from ({keys})",  # noqa: S608 - ours
        [_LARGEST_OF_KEYS],
    ).fetchone()
    return bool(row and row[0])


def _exchange(connection: Connection, schema: str, name: str) -> None:
    """Replace the rows of the documents, or other keys, that changed since the last publish."""
    relation = f"{quoted(schema)}.{quoted(name)}"
    table = f"{schema}.{name}"
    keys = state.keys_of_models([_BY_DOCUMENT.get(table, name)])
    changed = f"select document_id from ({keys}) where is_changed"  # noqa: S608 - ours
    condition = f"document_id in ({changed})"
    if table in _BY_KEY:
        condition = f"coalesce({_BY_KEY[table]}::varchar, '') in ({changed})"
    elif schema == "marts":
        # A report states figures of the tables that are parts of it too.
        condition += f" or report_id in (select report_id from work.marts.dim_report where {condition})"  # noqa: S608 - ours
    connection.execute(f"delete from published.{relation} where {condition}")  # noqa: S608 - quoted
    connection.execute(f"insert into published.{relation} from work.{relation} where {condition}")


@dataclass(slots=True)
class _Described:
    """What is said of a table, and its columns in their order: name, type and what is said of each."""

    comment: str | None
    columns: list[tuple[str, str, str | None]] = field(default_factory=list)


def _described(connection: Connection, database: str) -> dict[tuple[str, str], _Described]:
    """The tables and views of a file, asked once: the catalog takes milliseconds to answer."""
    found = {
        (schema, name): _Described(comment)
        for schema, name, comment in connection.execute(
            "select schema_name, table_name, comment from duckdb_tables() where database_name = $1 "
            "union all select schema_name, view_name, comment from duckdb_views() where database_name = $1",
            [database],
        ).fetchall()
    }
    for schema, name, column, data_type, comment in connection.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        "where database_name = $1 order by column_index",
        [database],
    ).fetchall():
        if (schema, name) in found:
            found[schema, name].columns.append((column, data_type, comment))
    return found


def _copy_table(connection: Connection, schema: str, name: str, described: _Described) -> None:
    """Copy a table, or what a view shows, with the comments on it and on its columns."""
    relation = f"{quoted(schema)}.{quoted(name)}"
    # Of a table by document those of one document lie together: DuckDB passes over the others.
    keys = ["document_id"] if f"{schema}.{name}" in _BY_DOCUMENT else _order(described)
    order = f" order by {', '.join(keys)}" if keys else ""
    connection.execute(f"create table published.{relation} as from work.{relation}{order}")
    comments = [f"comment on table published.{relation} is {literal(described.comment)}"] if described.comment else []
    comments += [
        f"comment on column published.{relation}.{quoted(column)} is {literal(text)}"
        for column, _, text in described.columns
        if text is not None
    ]
    if comments:
        connection.execute(";\n".join(comments))


def _order(described: _Described) -> list[str]:
    """What a table's rows are sorted by."""
    there = {column for column, *_ in described.columns}
    return [f"{column} nulls first" for column in _ORDER if column in there]
