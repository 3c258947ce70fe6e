"""The ledger: by which change which key became what it is, and up to which change each model is built.

The keys of a model are documents, documents with all that is said of the reports beside them, or those of another table
of contexts. What changed of keys of a kind is found once a build, and each model looks at what changed since it was
built. macros/by_document/ledger.sql has the same for dbt.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from gongkai.building.compiled import DATABASE, DOCUMENTS, Node
from gongkai.warehouse import state

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

WAITING = f"""
    with models as (
        select unnest($models::varchar[]) as model, unnest($versions::varchar[]) as version
    ),

    numbered as (
        select models.model, models.version, coalesce(built.change, 0) as change
        from models
        left join {state.MODELS} as built on models.model = built.model and models.version = built.version
    )

    select numbered.model, changes.key as document_id, changes.version
    from {state.CHANGES} as changes
    inner join numbered on changes.change > numbered.change
    left join {state.IN_SHARDS} as ahead
        on numbered.model = ahead.model
            and numbered.version = ahead.version
            and changes.key = ahead.key
            and changes.version = ahead.key_version
    where changes.kind = $kind
        and ahead.key is null
"""
"""A query: the keys that each of some models must build now. One that is no more has no version."""


def waiting(kind: str, models: Iterable[tuple[str, str]]) -> dict[str, object]:
    """What `WAITING` is asked with: the kind of keys, and name and version of each model."""
    names, versions = zip(*models, strict=True)
    return {"kind": kind, "models": list(names), "versions": list(versions)}


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


def note_built(connection: Connection, node: Node) -> None:
    """Note that a model is built up to the last change of its keys."""
    forget(connection, node)
    connection.execute(
        f"insert into {state.MODELS} "
        f"select $model, $kind, $version, coalesce(max(change), 0) from {state.CHANGES} where kind = $kind",
        {"model": node.name, "kind": node.keys, "version": node.version},
    )


def forget(connection: Connection, node: Node) -> None:
    """Have all of a model count as not built."""
    for table in (state.MODELS, state.IN_SHARDS):
        connection.execute(f"delete from {table} where model = ?", [node.name])


def forget_all(connection: Connection) -> None:
    """Have nothing count as built."""
    for table in (state.MODELS, state.IN_SHARDS):
        connection.execute(f"delete from {table}")
