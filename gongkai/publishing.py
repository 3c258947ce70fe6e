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
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import duckdb

from gongkai import publications
from gongkai.copying import EXCHANGED_MODELS, SCHEMAS, copy_tables, few_documents_changed
from gongkai.project import setting
from gongkai.publications import Publication
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.ownership import damaged, is_whole, published_found
from gongkai.warehouse.settings import SETTINGS, allowance
from gongkai.warehouse.sql import attach, records
from ingest.errors import GongkaiError, is_damage
from ingest.shipped import project_folder

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


def publish(
    warehouse: Warehouse, fingerprint: str, *, by_document: bool = False, built_by: Mapping[str, str] | None = None
) -> None:
    """Copy marts and evidence of the work file into a new file and rename it over the published one.

    `by_document`: the rules are those of the last publish, so documents of the same version have the same rows still.
    `built_by`: fingerprints of the rules and macros that all is built by, to be noted once it is published.
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
        publication = _make(warehouse, aside, fingerprint, by_document=by_document)
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
        state.remember_published(
            warehouse, publication.number, _identity(warehouse), EXCHANGED_MODELS, built_by=built_by or {}
        )


def _make(warehouse: Warehouse, aside: Path, fingerprint: str, *, by_document: bool) -> Publication:
    """Make the file aside, of the work file and of what is published so far."""
    with duckdb.connect(config=SETTINGS | allowance(warehouse.spill_folder).settings()) as connection:
        attach(connection, warehouse.work, "work", "read_only")
        last_number = state.last_publication(connection)
        exchange = by_document and _is_untouched(warehouse, connection) and few_documents_changed(connection)
        if exchange or _has_schemas_of_others(warehouse):
            _copy_file(warehouse, aside)
        # Without a log: a file whose making was cut short is thrown away.
        attach(connection, aside, "published", "recovery_mode no_wal_writes")
        if warehouse.published.exists():
            attach(connection, warehouse.published, "former", "read_only")
        is_compared = publications.compare(connection)
        tables = copy_tables(connection, exchange=exchange)
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
                [*tables, *(f"marts.{name}" for name in publications.TABLES)],
            ],
        )
        connection.execute("comment on table published.raw.publication is 'One row: the build that made this file.'")
        connection.execute("checkpoint published")
        connection.execute("detach published")
    return publication


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
        objects = _objects(connection)
    there = {f"{schema}.{name}" for schema, name in objects if schema in SCHEMAS and name is not None}
    others = sorted(there - {*known, "raw.publication"})
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        raise GongkaiError(
            f"{warehouse} holds {others[0]}{more}, which gongkai did not make and a build would drop; move it to a "
            "schema of your own (create schema mine), which every build keeps, or drop it; then run gongkai build"
        )


def _has_schemas_of_others(warehouse: Warehouse) -> bool:
    """Whether anything stands in the published file outside the published schemas."""
    if not warehouse.published.exists():
        return False
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.published, "published", "read_only")
        return any(schema not in SCHEMAS for schema, _ in _objects(connection))


def _objects(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str | None]]:
    """Schema and name of all that people can make in the published file; a schema itself has no name."""
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


def _is_untouched(warehouse: Warehouse, connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the published file is the one that the last publish from this work file left, byte for byte."""
    if not warehouse.published.is_file() or warehouse.published_log.exists():
        return False
    return state.published_file(connection) == _identity(warehouse)


def reason(error: Exception) -> str:
    """The first line of an error of the operating system or DuckDB, without the kind of error before it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0].split("Error: ", 1)[-1]


def _sync(path: Path) -> None:
    """Have the disk hold what was written, so that a power cut after the rename cannot leave an empty file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
