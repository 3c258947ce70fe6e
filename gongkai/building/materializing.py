"""Tables and views of compiled models in the work file, as dbt's materializations make them."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import duckdb

from gongkai.building.compiled import DATABASE, Node
from gongkai.building.ledger import Ledger
from gongkai.warehouse.sql import literal, quoted

Connection = duckdb.DuckDBPyConnection

MOST_AT_ONCE = 10_000
"""So many documents, or keys of so many, are built in one statement: the memory that it takes grows with them."""

Relations = dict[str, str]
"""Which names are those of a table or a view, asked once: the catalog takes milliseconds to answer."""


class BrokenContractError(Exception):
    """A model whose columns are not those that its YAML declares."""


def relations(connection: Connection) -> Relations:
    """What stands in the file."""
    rows = connection.execute(
        "select schema_name, table_name, 'table' from duckdb_tables() where database_name = $1 "
        "union all select schema_name, view_name, 'view' from duckdb_views() where database_name = $1",
        [DATABASE],
    ).fetchall()
    return {f"{quoted(DATABASE)}.{quoted(schema)}.{quoted(name)}": kind for schema, name, kind in rows}


def create(connection: Connection, node: Node, sql: str, there: Relations) -> None:
    """Make the table or view anew, whatever stands under its name."""
    kind = "view" if node.materialized == "view" else "table"
    if there.get(node.relation, kind) != kind:
        connection.execute(f"drop {there[node.relation]} {node.relation}")
    there[node.relation] = kind
    if node.has_contract:
        _hold_contract(connection, node, sql)
    if kind == "view" or not node.has_contract:
        connection.execute(f"create or replace {kind} {node.relation} as (\n{sql}\n)")
        return
    names = ", ".join(quoted(column.name) for column in node.columns)
    declared = ", ".join(
        f"{quoted(column.name)} {column.type}{' not null' if column.not_null else ''}" for column in node.columns
    )
    connection.execute(f"create or replace table {node.relation} ({declared})")
    connection.execute(f"insert into {node.relation} by name (select {names} from (\n{sql}\n))")


def _hold_contract(connection: Connection, node: Node, sql: str) -> None:
    declared = {column.name: column.type for column in node.columns}
    given = {str(name): str(kind) for name, kind, *_ in connection.execute(f"describe (\n{sql}\n)").fetchall()}
    wrong = [
        f"{name} is {given.get(name, 'missing')} where the contract has {declared.get(name, 'no such column')}"
        for name in [*declared, *(name for name in given if name not in declared)]
        if given.get(name) != declared.get(name)
    ]
    if wrong:
        raise BrokenContractError(f"the columns are not those of the contract in its YAML: {'; '.join(wrong)}")


def comment(connection: Connection, node: Node) -> None:
    """What YAML says of a table and its columns, as comments."""
    there = {column[0] for column in connection.execute(f"from {node.relation} limit 0").description or []}
    kind = "view" if node.materialized == "view" else "table"
    comments = [f"comment on {kind} {node.relation} is {literal(node.description)}"] if node.description else []
    comments += [
        f"comment on column {node.relation}.{quoted(column.name)} is {literal(column.description)}"
        for column in node.columns
        if column.name in there
    ]
    if comments:
        connection.execute(";\n".join(comments))


def build_by_document(connection: Connection, node: Node, there: Relations, ledger: Ledger) -> bool:
    """As macros/by_document does: the ledger says which documents' rows to replace; where none stay, all is made anew.

    dbt compiled the model to read the documents (or other keys) to build from a table of this connection. False where
    there were none.
    """
    pending = f"temp.main.pending_{node.name}"
    is_there = there.get(node.relation) == "table"
    keys = ledger.kind(connection, node.keys)
    may_stay = is_there and keys.landed > 0
    if may_stay and ledger.built_up_to(node) >= keys.newest and node.name not in ledger.ahead:
        return False
    connection.execute(f"create or replace temp table {pending} as ({ledger.waiting(node, is_there=is_there)})")
    [(waiting, changed)] = connection.execute(f"select count(*), count(version) from {pending}").fetchall()
    if may_stay and not waiting:
        connection.execute("begin")
        ledger.note_built(connection, node)
        connection.execute("commit")
        return False
    connection.execute("begin")
    keeps_rows = is_there and changed < keys.landed
    if keeps_rows:
        column, key = node.row_key
        connection.execute(f"delete from {node.relation} where {column} in (select {key} from {pending})")
    ledger.note_built(connection, node)
    for _ in _batches(connection, pending, ceil(keys.documents * waiting / max(keys.landed, 1) / MOST_AT_ONCE)):
        if keeps_rows:
            connection.execute(f"insert into {node.relation} by name (\n{node.sql}\n)")
        else:
            create(connection, node, node.sql, there)
            comment(connection, node)
            keeps_rows = True
    connection.execute("commit")
    connection.execute(f"drop table {pending}")
    return True


def _batches(connection: Connection, pending: str, count: int) -> Iterator[None]:
    """The table of what is pending holds a share of it at a time, neighbours together: what was built in shares lies
    so, and DuckDB passes over the others."""
    if count <= 1:
        yield
        return
    whole = f"{pending}_whole"
    connection.execute(
        f"create or replace temp table {whole} as "
        f"select *, ntile({count}) over (order by document_id) as share from {pending}"
    )
    for share in range(1, count + 1):
        connection.execute(
            f"create or replace temp table {pending} as select * exclude (share) from {whole} where share = {share}"
        )
        yield
    connection.execute(f"drop table {whole}")
