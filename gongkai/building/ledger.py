"""The ledger: by which change which key became what it is, and up to which change each model is built.

The keys of a model are documents, documents with all that is said of the reports beside them, or those of another table
of contexts. What changed of keys of a kind is found once a build, and each model looks at what changed since it was
built. macros/by_document/ledger.sql has the same for dbt.
"""

from __future__ import annotations

from typing import NamedTuple

import duckdb

from gongkai.building.compiled import DATABASE, DOCUMENTS, Node
from gongkai.warehouse import state
from gongkai.warehouse.sql import literal

Connection = duckdb.DuckDBPyConnection

REPORTS = "int_report_contexts"
COLUMNS = {
    "int_year_contexts": "year",
    "int_body_contexts": "entity_id",
    "int_place_contexts": "region_code",
    "int_region_contexts": "region_code",
    "int_check_contexts": "report_id",
    "int_wide_contexts": "report_id",
}
"""The tables of contexts of other keys than documents, each with its key, as in macros/by_document/version.sql."""
CONTEXTS = {REPORTS, *COLUMNS}


class Kind(NamedTuple):
    """The keys of a kind, as they are for the rest of a build: the last change, how many there are, and documents."""

    newest: int
    landed: int
    documents: int


class Ledger:
    """The ledger as a build finds it once the documents' changes are noted and shards are merged.

    It is asked once for all models, as each is built once, and by which change a kind's keys are what they are stands
    before any model that waits for them begins.
    """

    def __init__(self, connection: Connection) -> None:
        self._kinds: dict[str, Kind] = {}
        self._built: dict[tuple[str, str], int] = {
            (model, version): change
            for model, version, change in connection.execute(
                f"select model, version, change from {state.MODELS}"
            ).fetchall()
        }
        self.ahead: set[str] = {
            model for (model,) in connection.execute(f"select distinct model from {state.IN_SHARDS}").fetchall()
        }
        """The models of which shards built some keys beyond what each is built up to."""

    def kind(self, connection: Connection, name: str) -> Kind:
        """What there is of a kind of keys."""
        if name not in self._kinds:
            row = connection.execute(
                f"select coalesce(max(change), 0), count(version), (select count(*) from {DATABASE}.raw.documents) "
                f"from {state.CHANGES} where kind = ?",
                [name],
            ).fetchall()[0]
            self._kinds[name] = Kind(*row)
        return self._kinds[name]

    def built_up_to(self, node: Node) -> int:
        """The change up to which the model is built in its present version."""
        return self._built.get((node.name, node.version), 0)

    def waiting(self, node: Node, *, is_there: bool = True) -> str:
        """A query: the keys that a model must build now, each with its version, which one that is no more has not.

        `is_there`: its table is. Otherwise all keys wait.
        """
        since = self.built_up_to(node) if is_there else 0
        query = (
            f"select key as document_id, version from {state.CHANGES} as changes "
            f"where kind = {literal(node.keys)} and change > {since}"
        )
        if is_there and node.name in self.ahead:
            query += (
                f" and not exists (select 1 from {state.IN_SHARDS} as ahead where ahead.model = {literal(node.name)}"
                f" and ahead.version = {literal(node.version)} and ahead.key = changes.key"
                " and ahead.key_version = changes.version)"
            )
        return query

    def note_built(self, connection: Connection, node: Node) -> None:
        """Note that a model is built up to the last change of its keys."""
        connection.execute(f"delete from {state.MODELS} where model = ?", [node.name])
        if node.name in self.ahead:
            connection.execute(f"delete from {state.IN_SHARDS} where model = ?", [node.name])
        newest = self.kind(connection, node.keys).newest
        connection.execute(
            f"insert into {state.MODELS} (model, kind, version, change) values (?, ?, ?, ?)",
            [node.name, node.keys, node.version, newest],
        )


def find_changes(connection: Connection, kind: str) -> None:
    """Note what changed of all keys of a kind since they were looked at last. One that is no more keeps its row."""
    connection.execute(
        f"""
        merge into {state.CHANGES} as changes
        using (
            with versions as (
                {_versions(kind)}
            ),

            known as (
                select key, version, change from {state.CHANGES} where kind = $kind
            )

            select key, versions.version, (select coalesce(max(change), 0) + 1 from known) as change
            from versions
            full join known using (key)
            where versions.version is distinct from known.version
        ) as changed
        on changes.kind = $kind and changes.key = changed.key
        when matched then update set version = changed.version, change = changed.change
        when not matched then insert values ($kind, changed.key, changed.version, changed.change)
        """,
        {"kind": kind},
    )


def _versions(kind: str) -> str:
    """A query: all keys of a kind, each with a version of all that is said of it."""
    documents, contexts = f"{DATABASE}.raw.documents", f"{DATABASE}.intermediate.{kind}"
    if kind == DOCUMENTS:
        return f"select document_id as key, content_version as version from {documents}"
    if kind == REPORTS:  # what is no report, or is none any more, has no context
        return (
            "select document_id as key, content_version || coalesce(context_version, '') as version "
            f"from {documents} left join {contexts} using (document_id)"
        )
    return f"select coalesce({COLUMNS[kind]}::varchar, '') as key, context_version as version from {contexts}"


def forget(connection: Connection, node: Node) -> None:
    """Have all of a model count as not built."""
    for table in (state.MODELS, state.IN_SHARDS):
        connection.execute(f"delete from {table} where model = ?", [node.name])


def forget_all(connection: Connection) -> None:
    """Have nothing count as built."""
    for table in (state.MODELS, state.IN_SHARDS):
        connection.execute(f"delete from {table}")
