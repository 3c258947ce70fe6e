"""What the work file remembers of builds and publishes: the schema `state`, which no other Python module knows.

The ledger is three tables: `key_changes` says in which version each document, or other key, is and by which change;
`models_built`, in which version and up to which change each model is built; `built_in_shards`, which keys of a model
are built beyond that, until it is whole. dbt (macros/by_document) writes it too, with versions of its own, and
`seed_versions`, what each seed held. `nodes_built` says in which version the tables of the last build are there, and
its tests passed. The others say what the published file is, up to which change it holds each model, and by which rules
and macros everything was built last. The macro that opens the ledger drops `rules_built` and `nodes_built`, as whoever
runs dbt alone makes them uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import duckdb

from gongkai.warehouse import Warehouse
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach, literal

CHANGES = "gongkai.state.key_changes"
MODELS = "gongkai.state.models_built"
IN_SHARDS = "gongkai.state.built_in_shards"
"""The ledger, for a connection that has the work file as `gongkai`."""

_FORMER = ("build_ledger", "published_ledger", "published_file", "nodes_built")
_FORMER_BESIDE_MODELS = (*_FORMER, "seed_versions", "rules_built", "macros_built")

Identity = tuple[int, int, int, str]
"""What tells a published file from every other: inode, size, time of the last change (ns), version of the software."""


def built_by(warehouse: Warehouse, what: Literal["rules", "macros"]) -> str | None:
    """The fingerprint of the rules or macros that everything was built by last; None where that is not known."""
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.work, "work", "read_only")
        row = _first(connection, f"select fingerprint from work.state.{what}_built")  # noqa: S608 - names of ours
    return None if row is None else str(row[0])


def open_for_build(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what a build writes to, and forget by which rules everything was built, until it is again."""
    connection.execute("create schema if not exists gongkai.state")
    connection.execute(
        f"create table if not exists {CHANGES} (kind varchar, key varchar, version varchar, change integer)"
    )
    connection.execute(
        f"create table if not exists {MODELS} (model varchar, kind varchar, version varchar, change integer)"
    )
    connection.execute(
        f"create table if not exists {IN_SHARDS} (model varchar, version varchar, key varchar, key_version varchar)"
    )
    connection.execute("create table if not exists gongkai.state.nodes_built (unique_id varchar, version varchar)")
    connection.execute("drop table if exists gongkai.state.rules_built")


def nodes_built(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The version of each node of dbt's graph in the last build. Of those that stand on no document it holds in any
    case, of the others where that build was completed."""
    return dict(connection.execute("select unique_id, version from gongkai.state.nodes_built").fetchall())


def remember_nodes_built(connection: duckdb.DuckDBPyConnection, versions: dict[str, str]) -> None:
    """Note what is there, instead of what was."""
    connection.execute("delete from gongkai.state.nodes_built")
    connection.execute(
        "insert into gongkai.state.nodes_built select unnest(?::varchar[]), unnest(?::varchar[])",
        [list(versions), list(versions.values())],
    )


def published_file(connection: duckdb.DuckDBPyConnection) -> Identity | None:
    """The file that the last publish from the work file, open as `work`, left; None where that is not known."""
    row = _first(connection, "select inode, size, modified_ns, software_version from work.state.published_file")
    return None if row is None else (int(row[0]), int(row[1]), int(row[2]), str(row[3]))  # type: ignore[call-overload]


def remember_published(
    warehouse: Warehouse, number: int, identity: Identity, models: Iterable[str], *, built_by: Mapping[str, str]
) -> None:
    """Note what the published file is, up to which change it holds the models, and the `rules` and `macros` that all is
    built by; all of it or nothing.

    Before that, whatever comes of it, the number of the publication: none is given again where the file is lost.
    """
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.work, "work", "read_write")
        connection.execute("create schema if not exists work.state")
        connection.execute("create or replace table work.state.publications_made as select ? as last_number", [number])
        connection.execute("begin")
        connection.execute(
            "create or replace table work.state.published_file as "
            "select ? as inode, ? as size, ? as modified_ns, ? as software_version",
            list(identity),
        )
        connection.execute(
            "create or replace table work.state.published_models as "
            "from work.state.models_built where list_contains(?, model)",
            [list(models)],
        )
        for what, fingerprint in built_by.items():
            connection.execute(
                f"create or replace table work.state.{what}_built as select ? as fingerprint", [fingerprint]
            )
        connection.execute("commit")


def last_publication(connection: duckdb.DuckDBPyConnection) -> int:
    """The highest number that a publication from the work file, open as `work`, has had; 0 where that is not known."""
    row = _first(connection, "select last_number from work.state.publications_made")
    return 0 if row is None else int(str(row[0]))


def keys_of_models(models: Iterable[str]) -> str:
    """A query of model, document_id (or another key), its version, which one that is no more has not, and whether it
    changed since the model was published; for a connection that has the work file as `work`.
    """
    return f"""
        select
            built.model,
            changes.key as document_id,
            changes.version,
            changes.change > coalesce(published.change, 0) as is_changed,
        from work.state.models_built as built
        inner join work.state.key_changes as changes on built.kind = changes.kind
        left join work.state.published_models as published
            on built.model = published.model and built.version = published.version
        where built.model in ({", ".join(literal(model) for model in models)})
    """  # noqa: S608 - names of ours


def drop_former(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the tables of older versions from the file open as `gongkai`, some of which kept them in `intermediate`:
    unknown is built anew, and never wrong."""
    ledgers = [f"select count(*) from gongkai.{schema}.build_ledger" for schema in ("intermediate", "state")]  # noqa: S608
    if all(_first(connection, ledger) is None for ledger in ledgers):
        return
    for schema, tables in (("intermediate", _FORMER_BESIDE_MODELS), ("state", _FORMER)):
        for table in tables:
            connection.execute(f"drop table if exists gongkai.{schema}.{table}")


def _first(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...] | None:
    """The first row of a query; None where there is none, or no such table yet."""
    try:
        row: tuple[object, ...] | None = connection.execute(query).fetchone()
    except duckdb.CatalogException:
        return None
    return row
