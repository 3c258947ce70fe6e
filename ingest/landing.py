"""Results to raw.*: each batch is one transaction, so a killed run leaves whole documents only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.documents.arrow import schema_of
from ingest.documents.raw import PLACE_COLUMNS, REJECT_COLUMNS
from ingest.errors import GongkaiError, is_damage
from ingest.manifest import MANIFEST_SCHEMA, Manifest
from ingest.results import LandedTogether, Rejected, Taken, Unchanged

_PLACE_SCHEMA = schema_of(PLACE_COLUMNS)
_REJECT_SCHEMA = schema_of(REJECT_COLUMNS)
_BATCH_DOCUMENTS = 2_000
_BATCH_BYTES = 8 * 1024 * 1024


@dataclass(slots=True)
class Batch:
    """Results that wait for the next transaction."""

    landed: list[LandedTogether] = field(default_factory=list)
    places: list[tuple[str, str, str]] = field(default_factory=list)
    rejects: list[Rejected] = field(default_factory=list)
    done_files: list[str] = field(default_factory=list)
    nbytes: int = 0

    def add(self, taken: Taken) -> None:
        """Take in what was read."""
        if isinstance(taken, Rejected):
            self.rejects.append(taken)
            return
        met = taken.documents if isinstance(taken, LandedTogether) else ((taken.place, taken.document_id),)
        self.places += ((document_id, place.source_file, place.archive_member) for place, document_id in met)
        if isinstance(taken, LandedTogether):
            self.landed.append(taken)
            self.nbytes += taken.tables.nbytes

    @property
    def is_full(self) -> bool:
        """Whether it is time to land what has gathered."""
        waiting = len(self.places) + len(self.rejects) + len(self.done_files)
        return self.nbytes >= _BATCH_BYTES or waiting >= _BATCH_DOCUMENTS


class Landing:
    """Writes batches of one run. `started_at` (UTC) is the time that all its rows carry."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, started_at: datetime, manifest: Manifest | None) -> None:
        self._connection = connection
        self._started_at = started_at
        self._manifest = manifest
        self.batch = Batch()
        self._landed: set[str] = set()
        rows = manifest.rows if manifest is not None else []
        self._connection.register("manifest_rows", pa.Table.from_pylist(rows, schema=MANIFEST_SCHEMA))

    def add(self, taken: Taken) -> list[Taken]:
        """Take in what was read, and land the batch when it is full. Gives back what it counts as."""
        counted = self._once(taken)
        for each in counted:
            self.batch.add(each)
        if self.batch.is_full:
            self.flush()
        return counted

    def _once(self, taken: Taken) -> list[Taken]:
        """Bytes met twice in a run are one document under two places."""
        if not isinstance(taken, LandedTogether):
            return [taken]
        again = [each for each in taken.documents if each[1] in self._landed]
        self._landed.update(document_id for _, document_id in taken.documents)
        if not again:
            return [taken]
        known: list[Taken] = [Unchanged(place, document_id) for place, document_id in again]
        new = tuple(each for each in taken.documents if each not in again)
        if not new:
            return known
        return [LandedTogether(new, taken.tables.without([document_id for _, document_id in again])), *known]

    def file_done(self, source_file: str) -> None:
        """All results of this file were given: rejects of earlier runs under it no longer hold."""
        self.batch.done_files.append(source_file)

    def manifest_rows_not_met(self) -> list[str]:
        """Paths in the manifest under which this run met no document."""
        rows = self._connection.execute(
            """
            select manifest_rows.source_file, manifest_rows.archive_member
            from manifest_rows
            anti join (from raw.document_sources where last_seen_at = $started_at) as met
                using (source_file, archive_member)
            order by all
            """,
            {"started_at": self._started_at},
        ).fetchall()
        return [f"{source_file}!{member}" if member else source_file for source_file, member in rows]

    def flush(self) -> None:
        """Land what has gathered, in one transaction."""
        batch, self.batch = self.batch, Batch()
        if not (batch.places or batch.rejects or batch.done_files):
            return
        run = self._connection
        run.begin()
        try:
            self._land_documents(batch)
            self._land_places(batch)
            self._land_rejects(batch)
            run.commit()
        except duckdb.Error as error:
            if is_damage(error):
                raise  # whoever opened the file knows how it is mended
            said = str(error).splitlines()[0]
            raise GongkaiError(
                f"the work file took no more ({said}); what landed before is kept; "
                "make room on the disk, then run the command again"
            ) from error
        except BaseException:
            run.rollback()
            raise

    def _land_documents(self, batch: Batch) -> None:
        """Insert the documents; one that raw holds from another version of its reader is replaced, first_seen kept."""
        if not batch.landed:
            return
        run = self._connection
        tables = [landed.tables for landed in batch.landed]
        documents = pa.concat_tables([table.documents for table in tables])
        blocks = pa.concat_tables([table.blocks for table in tables])
        cells = pa.concat_tables([table.cells for table in tables])
        with _registered(run, batch_documents=documents, batch_blocks=blocks, batch_cells=cells):
            run.execute(
                """
                create or replace temp table new_documents as
                select
                    batch_documents.*,
                    known.manifest_url,
                    known.manifest_agency,
                    known.manifest_year,
                    known.manifest_published_on,
                    coalesce(known.first_seen_at, $started_at) as first_seen_at,
                    $started_at as last_seen_at,
                    '' as content_version,
                    known.forgotten_at,
                    known.document_id is not null as is_known,
                from batch_documents
                left join raw.documents as known using (document_id)
                """,
                {"started_at": self._started_at},
            )
            if run.execute("select 1 from new_documents where is_known limit 1").fetchone():
                for table in ("documents", "blocks", "table_cells"):
                    run.execute(
                        f"delete from raw.{table} where document_id in "  # noqa: S608 - table names of our own
                        "(select document_id from new_documents where is_known)"
                    )
            run.execute("insert into raw.documents by name select * exclude (is_known) from new_documents")
            run.execute("insert into raw.blocks by name select * from batch_blocks")
            run.execute("insert into raw.table_cells by name select * from batch_cells")

    def _land_places(self, batch: Batch) -> None:
        """Note where documents were met, and settle what depends on it: source_file, manifest and content_version.

        What was gone from a place is back there; what a person forgot stays forgotten.
        """
        if not batch.places:
            return
        run = self._connection
        columns = list(zip(*sorted(set(batch.places)), strict=True))
        places = pa.table([pa.array(column, pa.string()) for column in columns], schema=_PLACE_SCHEMA)
        now = {"started_at": self._started_at}
        with _registered(run, batch_places=places):
            run.execute(
                """
                update raw.document_sources as known
                set
                    last_seen_at = $started_at,
                    withdrawn_at = if(known.withdrawn_by = 'forget', known.withdrawn_at, null),
                    withdrawn_by = if(known.withdrawn_by = 'forget', known.withdrawn_by, null)
                from batch_places as met
                where known.document_id = met.document_id
                    and known.source_file = met.source_file
                    and known.archive_member = met.archive_member
                """,
                now,
            )
            run.execute(
                """
                insert into raw.document_sources by name
                select met.*, $started_at as first_seen_at, $started_at as last_seen_at
                from batch_places as met
                anti join raw.document_sources as known using (document_id, source_file, archive_member)
                """,
                now,
            )
            # The name that a document goes by is the first, in the order of names, of those that the latest run met
            # it under: the same however the work was spread or cut short.
            run.execute(
                """
                create or replace temp table met_documents as
                select
                    sources.document_id,
                    min(row(sources.source_file, sources.archive_member)) as place,
                from raw.document_sources as sources
                where sources.last_seen_at = $started_at
                    and sources.document_id in (select document_id from batch_places)
                group by all
                """,
                now,
            )
        run.execute(
            f"""
            update raw.documents as known
            set
                last_seen_at = $started_at,
                source_file = met.source_file,
                archive_member = met.archive_member,
                manifest_url = met.manifest_url,
                manifest_agency = met.manifest_agency,
                manifest_year = met.manifest_year,
                manifest_published_on = met.manifest_published_on,
                content_version = met.content_version,
            from ({self._settled_documents()}) as met
            where known.document_id = met.document_id
            """,  # noqa: S608 - a query of our own
            now,
        )

    def _settled_documents(self) -> str:
        """Query for the documents met, with the manifest's values: those of this run's manifest, else as they were."""
        manifest = "manifest_rows" if self._manifest is not None else "documents"
        return f"""
            with settled as (
                select
                    documents.document_id,
                    documents.reader,
                    documents.reader_version,
                    documents.properties,
                    met.place[1] as source_file,
                    met.place[2] as archive_member,
                    {manifest}.manifest_url,
                    {manifest}.manifest_agency,
                    {manifest}.manifest_year,
                    {manifest}.manifest_published_on,
                from raw.documents as documents
                inner join met_documents as met using (document_id)
                left join manifest_rows
                    on met.place[1] = manifest_rows.source_file and met.place[2] = manifest_rows.archive_member
            )

            select *, md5(to_json(settled)::varchar) as content_version
            from settled
        """  # noqa: S608 - names of our own

    def _land_rejects(self, batch: Batch) -> None:
        """Put in what was rejected, and take out what a file that is done was rejected for in earlier runs."""
        run = self._connection
        rows = {
            (reject.place.source_file, reject.place.archive_member): {
                "source_file": reject.place.source_file,
                "archive_member": reject.place.archive_member,
                "sha256": reject.sha256,
                "reason_code": reject.reason_code,
                "detail": reject.detail,
            }
            for reject in batch.rejects
        }
        rejects = pa.Table.from_pylist(list(rows.values()), schema=_REJECT_SCHEMA)
        done = pa.table({"source_file": pa.array(batch.done_files, pa.string())})
        with _registered(run, batch_rejects=rejects, batch_done=done):
            run.execute(
                """
                delete from raw.rejects as known
                where (source_file in (select source_file from batch_done) and seen_at < $started_at)
                    or row(known.source_file, known.archive_member) in (
                        select row(source_file, archive_member) from batch_rejects
                    )
                """,
                {"started_at": self._started_at},
            )
            run.execute(
                "insert into raw.rejects by name select *, $started_at as seen_at from batch_rejects",
                {"started_at": self._started_at},
            )


class _registered:
    """Arrow tables under names of their own for the length of a block."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, **tables: pa.Table) -> None:
        self._connection, self._tables = connection, tables

    def __enter__(self) -> None:
        for name, table in self._tables.items():
            self._connection.register(name, table)

    def __exit__(self, *_: object) -> None:
        for name in self._tables:
            self._connection.unregister(name)
