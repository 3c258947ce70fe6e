"""Publishing: what analysts read, copied from the work file into a new file that takes the old one's place at once.

A reader that has the old file open keeps reading it, as the name alone moves; a publish that is cut short leaves the
old file as it was, and its leftovers are removed by the next one.

Where the published file is still as the last publish left it, the new one starts as a copy of it, and the long tables
take over only the documents that changed since. It starts as a copy too where analysts have added schemas of their own
to the file: those go on in the new one. What they put into `marts` or `raw` stops the publish before it begins.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import duckdb

from gongkai import publications
from gongkai.project import setting
from gongkai.publications import Publication
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.ownership import damaged, is_whole, published_found
from gongkai.warehouse.settings import SETTINGS, allowance
from gongkai.warehouse.sql import attach, literal, quoted, records
from ingest.errors import GongkaiError, is_damage
from ingest.shipped import project_folder

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
_MODELS = (*_BY_DOCUMENT.values(), *(table.removeprefix("marts.") for table in _BY_KEY))

_ORDER = ("year", "region_code", "report_id")
"""The columns that rows of marts are sorted by, as far as they have them: what is asked for together lies together. The
long tables, whose rows are exchanged by document, have no order; rows that are exchanged by another key come last."""

_SCHEMAS = ("marts", "raw")
"""What a publish makes anew; every other schema of the published file is an analyst's, and stays."""

_LARGEST_CHANGE, _LARGEST_OF_KEYS = 0.1, 0.5
"""The share of documents, and of other keys of a table, up to which rows are exchanged: deleted rows leave holes, and
most of a table is sooner copied anew than exchanged."""

# What a build can see of raw: not when a file was last met, as that alone changes no table of marts.
_RAW_STATE = """
    select coalesce(sum(hash(state)), 0)::varchar || ':' || count(*)
    from (
        select 'document', document_id, content_version || coalesce(forgotten_at::varchar, ''), source_file,
            archive_member
        from work.raw.documents
        union all
        select 'source', document_id, coalesce(withdrawn_at::varchar, ''), source_file, archive_member
        from work.raw.document_sources
        union all
        select 'reject', sha256, reason_code || detail, source_file, archive_member from work.raw.rejects
        union all
        select 'expected', agency, region_code, from_year::varchar, to_year::varchar from work.raw.expected_bodies
    ) as state
"""


def raw_fingerprint(warehouse: Warehouse) -> str:
    """A hash of what is landed in the work file, whatever the order of its rows and the time of the last look."""
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.work, "work", "read_only")
        row = connection.execute(_RAW_STATE).fetchone()
    return str(row[0]) if row else ""


def published_fingerprint(warehouse: Warehouse) -> str | None:
    """The fingerprint of the build that the published file came from; None where there is none that can be read."""
    if not warehouse.published.is_file():
        return None
    try:
        with duckdb.connect(config=SETTINGS) as connection:
            attach(connection, warehouse.published, "published", "read_only")
            row = connection.execute("select fingerprint from published.raw.publication").fetchone()
    except duckdb.Error:
        return None
    return str(row[0]) if row else None


def remove_leftovers(warehouse: Warehouse) -> None:
    """Remove what killed builds and publishes left behind. Only under the write lock, as nobody else publishes then."""
    for leftover in warehouse.left_by_killed_publishes():
        if leftover.is_file():
            leftover.unlink()
    for spilled in warehouse.spill_folder.glob("duckdb_temp_*"):
        spilled.unlink(missing_ok=True)


def publish(warehouse: Warehouse, fingerprint: str, *, by_document: bool = False) -> None:
    """Copy marts and evidence of the work file into a new file and rename it over the published one.

    `by_document`: the rules are those of the last publish, so documents of the same version have the same rows still.
    The caller holds the write lock and has closed the work file. A link to the file, its mode and its owner stay.
    GongkaiError where the disk is full or cannot be written, where the path is taken by what is no file of ours, or
    where analysts have put tables of theirs among ours; the published file is then what it was.
    """
    found = published_found(warehouse)
    if found.state not in {"missing", "ours"}:
        raise found.error()
    require_no_relations_of_others(warehouse)
    remove_leftovers(warehouse)
    aside = warehouse.next_published
    try:
        exchange = by_document and _is_untouched(warehouse) and _few_documents_changed(warehouse)
        if exchange or _has_schemas_of_others(warehouse):
            _copy_file(warehouse, aside)
        publication = _copy(warehouse, aside, fingerprint, exchange=exchange)
        _take_over_rights(warehouse.published_file, aside)
        _sync(aside)
        # A log that somebody's writing session left beside the old file must not be played into the new one.
        warehouse.published_log.unlink(missing_ok=True)
        aside.replace(warehouse.published_file)
        _sync(warehouse.published_file.parent)
    except (OSError, duckdb.Error) as error:
        if is_damage(error):
            is_published = warehouse.published.exists() and not is_whole(warehouse.published)
            raise damaged(warehouse.published if is_published else warehouse.work, reason(error)) from error
        raise GongkaiError(
            f"cannot publish {warehouse} ({reason(error)}); the published file is as it was before: "
            "make room or give the right to write, then run gongkai build again"
        ) from error
    finally:
        remove_leftovers(warehouse)
    with suppress(OSError, duckdb.Error):  # published it is; what cannot be noted makes the next publish a full copy
        state.remember_publication(warehouse, publication.number)
        state.remember_published(warehouse, _identity(warehouse), _MODELS)


def require_no_relations_of_others(warehouse: Warehouse) -> None:
    """GongkaiError where a table, view or macro stands in the published schemas that no publish has put there."""
    if not warehouse.published.exists():
        return
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.published, "published", "read_only")
        publication = records(connection, "select * from published.raw.publication")
    known = publication[0].get("relations") if publication else None
    if not isinstance(known, list):  # a file from before publishes noted this
        return
    there = {f"{schema}.{name}" for schema, name in _objects(warehouse) if schema in _SCHEMAS and name is not None}
    others = sorted(there - {*known, "raw.publication"})
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        raise GongkaiError(
            f"{warehouse} holds {others[0]}{more}, which gongkai did not make and a build would drop; move it to a "
            "schema of your own (create schema mine), which every build keeps, or drop it; then run gongkai build"
        )


def _has_schemas_of_others(warehouse: Warehouse) -> bool:
    """Whether anything stands in the published file outside the published schemas."""
    return warehouse.published.exists() and any(schema not in _SCHEMAS for schema, _ in _objects(warehouse))


def _objects(warehouse: Warehouse) -> list[tuple[str, str | None]]:
    """Schema and name of all that people can make in the published file; a schema itself has no name."""
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.published, "published", "read_only")
        return connection.execute(
            """
            with objects as (
                select database_name, schema_name, null as name, internal from duckdb_schemas()
                union all select database_name, schema_name, table_name, internal from duckdb_tables()
                union all select database_name, schema_name, view_name, internal from duckdb_views()
                union all select database_name, schema_name, function_name, internal from duckdb_functions()
                union all select database_name, schema_name, type_name, internal from duckdb_types()
                union all select database_name, schema_name, sequence_name, false from duckdb_sequences()
            )

            select schema_name, name
            from objects
            where database_name = 'published'
                and not internal
            """
        ).fetchall()


def _copy_file(warehouse: Warehouse, aside: Path) -> None:
    """Copy the published file, and what a writing session left in its log."""
    shutil.copyfile(warehouse.published, aside)
    if warehouse.published_log.exists():
        shutil.copyfile(warehouse.published_log, aside.with_name(f"{aside.name}.wal"))


def _take_over_rights(former: Path, aside: Path) -> None:
    """Give the new file the owner, group and mode of the one that it replaces, as far as this user may."""
    if not former.exists():
        return
    status = former.stat()
    for owner, group in ((-1, status.st_gid), (status.st_uid, -1)):
        with suppress(PermissionError):
            os.chown(aside, owner, group)
    aside.chmod(stat.S_IMODE(status.st_mode))


def _identity(warehouse: Warehouse) -> state.Identity:
    status = warehouse.published.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, version("gongkai-warehouse")


def _is_untouched(warehouse: Warehouse) -> bool:
    """Whether the published file is the one that the last publish from this work file left, byte for byte."""
    if not warehouse.published.is_file() or warehouse.published_log.exists():
        return False
    return state.published_file(warehouse) == _identity(warehouse)


def _few_documents_changed(warehouse: Warehouse) -> bool:
    """Whether so few documents changed since the last publish that exchanging their rows is the shorter way."""
    keys = state.keys_of_models(_BY_DOCUMENT.values())
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.work, "work", "read_only")
        row = connection.execute(
            f"select (select count(distinct document_id) from ({keys}) where is_changed) <= ? * count(*) "  # noqa: S608 - ours
            "from work.raw.documents",
            [_LARGEST_CHANGE],
        ).fetchone()
    return bool(row and row[0])


def reason(error: Exception) -> str:
    """The first line of an error of the operating system or DuckDB, without the kind of error before it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0].split("Error: ", 1)[-1]


def _copy(warehouse: Warehouse, aside: Path, fingerprint: str, *, exchange: bool) -> Publication:
    """Bring the file aside, which is missing or (`exchange`) a copy of the published one, to the work file's state."""
    last_number = state.last_publication(warehouse)
    with duckdb.connect(config=SETTINGS | allowance(warehouse.spill_folder).settings()) as connection:
        attach(connection, warehouse.work, "work", "read_only")
        attach(connection, aside, "published", "read_write")
        if warehouse.published.exists():
            attach(connection, warehouse.published, "former", "read_only")
        is_compared = publications.compare(connection)
        marts = _relations(connection, "work", "marts")
        tables = [*(("marts", name) for name in marts), *(("raw", name) for name in EVIDENCE_TABLES)]
        described, there = _described(connection, "work"), _described(connection, "published")
        exchanged = [
            (schema, name)
            for schema, name in tables
            if exchange
            and (f"{schema}.{name}" in _BY_DOCUMENT or _few_keys_changed(connection, f"{schema}.{name}"))
            and described[schema, name] == there.get((schema, name))
        ]
        for schema in _SCHEMAS:
            connection.execute(f"create schema if not exists published.{schema}")
            for name in _relations(connection, "published", schema):
                if (schema, name) not in exchanged:
                    connection.execute(f"drop table published.{schema}.{quoted(name)}")
        connection.execute("checkpoint published")  # so that what is written next takes the place of what was dropped
        connection.execute("begin")  # each of hundreds of statements would wait for the disk by itself
        for schema, name in exchanged:
            _exchange(connection, schema, name)
        for schema, name in tables:
            if (schema, name) not in exchanged:
                _copy_table(connection, schema, name, described[schema, name])
        publication = publications.record(
            connection,
            fingerprint,
            last_number=last_number,
            is_compared=is_compared,
            kept=setting(project_folder(), "kept_publications"),
        )
        connection.execute(
            "create table published.raw.publication as "
            "select ?::varchar as fingerprint, ?::timestamp as published_at, ?::varchar as software_version, "
            "?::varchar[] as relations",
            [
                fingerprint,
                publication.published_at,
                version("gongkai-warehouse"),
                [*(f"{schema}.{name}" for schema, name in tables), *(f"marts.{name}" for name in publications.TABLES)],
            ],
        )
        connection.execute("comment on table published.raw.publication is 'One row: the build that made this file.'")
        connection.execute("commit")
        connection.execute("checkpoint published")
        connection.execute("detach published")
    return publication


def _few_keys_changed(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a table has rows of keys, so few of which changed that exchanging their rows is the shorter way."""
    if table not in _BY_KEY:
        return False
    keys = state.keys_of_models([table.removeprefix("marts.")])
    row = connection.execute(
        f"select count(*) filter (where is_changed) <= ? * count(version) from ({keys})",  # noqa: S608 - ours
        [_LARGEST_OF_KEYS],
    ).fetchone()
    return bool(row and row[0])


def _exchange(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> None:
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


def _relations(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> list[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = $1 and schema_name = $2 "
        "union select view_name from duckdb_views() where database_name = $1 and schema_name = $2 order by 1",
        [database, schema],
    ).fetchall()
    return [str(row[0]) for row in rows]


@dataclass(slots=True)
class _Described:
    """What is said of a table, and its columns in their order: name, type and what is said of each."""

    comment: str | None
    columns: list[tuple[str, str, str | None]] = field(default_factory=list)


def _described(connection: duckdb.DuckDBPyConnection, database: str) -> dict[tuple[str, str], _Described]:
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


def _copy_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str, described: _Described) -> None:
    """Copy a table, or what a view shows, with the comments on it and on its columns."""
    relation = f"{quoted(schema)}.{quoted(name)}"
    # Of a table by document those of one document lie together: DuckDB passes over the others.
    keys = ["document_id"] if f"{schema}.{name}" in _BY_DOCUMENT else _order(described)
    # Keeping an order costs memory, so it is kept where there is one only.
    connection.execute(f"set preserve_insertion_order = {bool(keys)}")
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


def _sync(path: Path) -> None:
    """Have the disk hold what was written, so that a power cut after the rename cannot leave an empty file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
