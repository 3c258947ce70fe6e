"""Building what a share of the documents is enough for in shards: each in a file of its own, merged when it is done.

A model by document that stands on rules and on such models alone gives the same rows for a document wherever it is
built. So the documents that wait are cut into shares by their ids, what is landed of each share is written as Parquet,
those models are built from it in a work file, and the rows come back. The ledger notes in which version, beyond what
each model is built up to: what did not come back waits for the ordinary build, as any other document does. So a shard
that is lost costs its time, and never a wrong row.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from gongkai.building import ledger
from gongkai.building.compiled import DATABASE, Compiled, Node
from gongkai.building.materializing import Relations, comment, create
from gongkai.building.outcome import Progress
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.lock import in_the_way
from gongkai.warehouse.shares import SHARED_TABLES, share_by_id, write_shares
from gongkai.warehouse.sql import attach

Connection = duckdb.DuckDBPyConnection

_MARK = "of-a-build"
"""A file in the folder of shards, which tells it from a folder of somebody else's."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A share of the documents, by its number, in the folder of shards."""

    folder: Path
    number: int

    @property
    def warehouse(self) -> Warehouse:
        """Where it is built: a warehouse of which there is only the work file."""
        return Warehouse(self.folder / f"{self.number}.duckdb")

    def landed(self, table: str) -> Path:
        """The folder with what is landed of its share of a raw table, as Parquet; not there where that is nothing."""
        return self.folder / table / f"share={self.number}"

    def remove(self) -> None:
        """Remove all of it."""
        for table in SHARED_TABLES:
            shutil.rmtree(self.landed(table), ignore_errors=True)
        for file in (self.warehouse.work, self.warehouse.lock):
            file.unlink(missing_ok=True)


Run = Callable[[Path, Compiled, list[Shard]], Iterator[Shard]]
"""Builds shards by the compiled rules of a project, as many at once as there is room for, and gives each as soon as its
work file is complete."""


@dataclass(frozen=True, slots=True)
class Sharding:
    """Into how many shards waiting documents are cut, and who builds those. `most`: documents of a shard, where many
    wait, so that there are more shards then."""

    count: int
    run: Run
    most: int | None = None


def build_in_shards(
    connection: Connection,
    project: Path,
    warehouse: Warehouse,
    compiled: Compiled,
    there: Relations,
    sharding: Sharding,
    progress: Progress,
) -> set[str]:
    """Bring the models that a share is enough for up to date in an open work file, where documents wait for them.

    Gives the ids of those that rows came for.
    """
    nodes = _by_document(compiled)
    merged: set[str] = set()
    _find_waiting(connection, nodes, sharding)
    numbers = [number for (number,) in connection.execute("select distinct share from temp.main.waiting").fetchall()]
    if numbers:
        folder = warehouse.shards_folder
        folder.mkdir()
        (folder / _MARK).touch()
        write_shares(connection, folder, "temp.main.waiting")
        shards = [Shard(folder, number) for number in sorted(numbers)]
        progress(0, len(shards), "shards")
        for done, shard in enumerate(sharding.run(project, compiled, shards), start=1):
            merged |= _merge(connection, shard.warehouse, nodes, there)
            shard.remove()
            progress(done, len(shards), "shards")
        shutil.rmtree(folder)
    connection.execute("drop table temp.main.waiting")
    return merged


def take_over_left_behind(
    connection: Connection, warehouse: Warehouse, compiled: Compiled, there: Relations
) -> set[str]:
    """Merge what a build that was stopped has built in shards, and remove it. What cannot be read is built again.

    Gives the ids of the models that rows came for.
    """
    folder = warehouse.shards_folder
    merged: set[str] = set()
    if not os.path.lexists(folder):
        return merged
    is_ours = folder.is_dir() and not folder.is_symlink() and ((folder / _MARK).is_file() or not any(folder.iterdir()))
    if not is_ours:
        raise in_the_way(folder)
    for file in sorted(folder.glob("*.work.duckdb")):
        shard = Shard(folder, int(file.name.partition(".")[0]))
        with suppress(duckdb.Error):
            merged |= _merge(connection, shard.warehouse, _by_document(compiled), there)
    shutil.rmtree(folder)
    return merged


def _by_document(compiled: Compiled) -> list[Node]:
    return [node for node in compiled.of_documents_alone() if node.materialized == "by_document"]


def _find_waiting(connection: Connection, nodes: list[Node], sharding: Sharding) -> None:
    """The documents that any of the models has not built in its present version, each with the number of its share."""
    book = ledger.Ledger(connection)
    queries = " union all ".join(sorted({book.waiting(node) for node in nodes}))
    connection.execute(
        f"""
        create or replace temp table waiting as
        with waiting as (
            select distinct document_id from ({queries})
            where version is not null
        ),

        cut as (
            select greatest($count, ceil(count(*) / $most::double))::bigint as shares
            from waiting
        )

        select document_id, {share_by_id("shares")} as share
        from waiting
        cross join cut
        """,
        {"count": sharding.count, "most": sharding.most},
    )


def _merge(connection: Connection, shard: Warehouse, nodes: list[Node], there: Relations) -> set[str]:
    """Put the rows of a shard in the place of what is there, and note them in the ledger: all of it or nothing."""
    attach(connection, shard.work, "shard", "read_write")  # read only, a log that a killed process left is in the way
    known = dict(there)
    try:
        connection.execute("begin")
        merged = {node.unique_id for node in nodes if _merge_model(connection, node, there)}
        connection.execute("commit")
        return merged
    except BaseException:
        with suppress(duckdb.Error):  # it has been, where the commit failed
            connection.execute("rollback")
        there.clear()
        there.update(known)
        raise
    finally:
        connection.execute("detach shard")


def _merge_model(connection: Connection, node: Node, there: Relations) -> bool:
    """Whether the shard has built any document of the model."""
    built = f"""
        select changes.key as document_id, changes.version
        from shard.state.key_changes as changes
        inner join shard.state.models_built as models on changes.kind = models.kind and changes.change <= models.change
        inner join {state.CHANGES} as here
            on changes.kind = here.kind and changes.key = here.key and changes.version = here.version
        where models.model = $model
            and models.version = $version
    """
    given = {"model": node.name, "version": node.version}
    if not connection.execute(f"select 1 from ({built}) limit 1", given).fetchone():
        return False
    rows = f"shard.{node.relation.partition('.')[2]}"
    if not _has_shape_of(connection, node, rows, there):
        # Rows of other rules, or none: whatever else the table held is built again.
        create(connection, node, f"from {rows} limit 0", there)
        comment(connection, node)
        ledger.forget(connection, node)
    ids = f"select document_id from ({built})"
    connection.execute(f"delete from {node.relation} where document_id in ({ids})", given)
    connection.execute(f"insert into {node.relation} by name from {rows} where document_id in ({ids})", given)
    # Rows of other rules may go on standing beside these, so none of them count as built.
    connection.execute(f"delete from {state.MODELS} where model = $model and version <> $version", given)
    connection.execute(
        f"delete from {state.IN_SHARDS} where model = $model and (version <> $version or key in ({ids}))", given
    )
    connection.execute(
        f"insert into {state.IN_SHARDS} select $model, $version, document_id, version from ({built})", given
    )
    return True


def _has_shape_of(connection: Connection, node: Node, rows: str, there: Relations) -> bool:
    """Whether the model's table is there, with the columns and comments that it has in the shard."""
    if there.get(node.relation) != "table":
        return False
    schema, name = rows.removeprefix("shard.").replace('"', "").split(".")
    one, other = (
        connection.execute(
            "select column_name, data_type, comment from duckdb_columns() "
            "where database_name = $1 and schema_name = $2 and table_name = $3 "
            "union all select null, null, comment from duckdb_tables() "
            "where database_name = $1 and schema_name = $2 and table_name = $3 order by all",
            [database, schema, name],
        ).fetchall()
        for database in (DATABASE, "shard")
    )
    return one == other
