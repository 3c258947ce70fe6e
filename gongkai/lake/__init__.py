"""A lake: raw as Parquet that lasts, in a folder or in object storage, beside the work file or in the place of one.

`raw/TABLE/share=N/NAME.parquet` holds documents of one share: a chunk has one name in each table that has rows of
documents, made of what it holds, so that the same chunk written twice is the same file. It counts when its file of
documents is there, which is written last and removed first. `raw/TABLE/all.parquet` are the small other tables.

Rows are as they were when their chunk was written; a document that is another one since, or lies elsewhere, makes its
chunk stale: what is in it is written anew, and the old one removed.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Self

import duckdb

from gongkai.lake.place import Place
from gongkai.warehouse.shares import SHARED_TABLES, rows_of, share_by_id, write_shares
from gongkai.warehouse.sql import literal
from ingest.documents.raw import RAW_TABLES
from ingest.storage import Source

_SHARES = 16
_WAITING = 2_000
"""Documents that are read before they are put into the lake together; the work file has them until then."""
_MOST = 160_000
"""Documents that are written together at most, ten thousand a chunk."""
_PART_WAITING = 50
"""More wait where the lake holds more: this part of it, so that there are not too many files."""
_WHOLE_TABLES = tuple(table for table in RAW_TABLES if table not in SHARED_TABLES)
_CHUNK = re.compile(r"raw/(\w+)/(share=\d+/[0-9a-f]{32})\.parquet")


class Lake:
    """A lake that goes with an open work file. `aside`: a folder for what lies there for a moment. Use in `with`:
    leaving it brings in what is not in the lake yet, also where a run was stopped."""

    def __init__(self, source: Source, connection: duckdb.DuckDBPyConnection, aside: Path) -> None:
        """Take into raw what the lake holds and raw does not. GongkaiError where it cannot be read or written."""
        self._place = Place(source)
        self._run = connection
        self._aside = aside
        self._landed = 0
        """Of this run, when anything was brought in last."""
        names = self._place.names()
        chunks = self._complete_chunks(names)
        self._look_into(chunks)
        self._held_before = self._count("temp.main.in_lake")
        self.taken = self._take_over()
        if not self._run.execute("select 1 from raw.ingest_runs limit 1").fetchone():
            self._take_over_whole_tables(names)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if not isinstance(error, duckdb.Error):  # the work file may be damaged
            self.complete()

    def follow(self, landed: int) -> None:
        """Called with the documents that a run has landed: bring in those that wait, where they are enough."""
        if landed - self._landed >= max(_WAITING, (self._held_before + landed) // _PART_WAITING):
            self._landed = landed
            self._find_waiting("(from raw.documents anti join temp.main.in_lake using (document_id))")
            self._write()

    def complete(self) -> None:
        """Bring in all that raw holds, and what became of it since."""
        self._find_waiting("raw.documents")
        stale = self._stale()
        self._run.execute("delete from temp.main.in_lake where list_contains($stale, chunk)", {"stale": stale})
        self._run.execute(
            "delete from temp.main.waiting where document_id in (from temp.main.in_lake select document_id)"
        )
        written = self._write()
        for chunk in stale:
            if chunk not in written:
                for table in sorted(SHARED_TABLES, key=lambda table: table != "documents"):
                    self._place.remove(_name(table, chunk))

    def _complete_chunks(self, names: set[str]) -> list[str]:
        """The chunks that count; what was written or removed in part is removed."""
        found = [(match[1], match[2], name) for name in names if (match := _CHUNK.fullmatch(name))]
        chunks = {chunk for table, chunk, _ in found if table == "documents"}
        for _, chunk, name in found:
            if chunk not in chunks:
                self._place.remove(name)
        for table in SHARED_TABLES:
            for chunk in chunks:
                self._place.require(_name(table, chunk), names)
        return sorted(chunks)

    def _look_into(self, chunks: list[str]) -> None:
        """Make the table of what lies in the lake: document_id, held (a hash of all but times), chunk."""
        self._run.execute("create or replace temp table in_lake (document_id varchar, held varchar, chunk varchar)")
        for chunk in chunks:
            with (
                self._place.local(_name("documents", chunk), self._aside) as documents,
                self._place.local(_name("document_sources", chunk), _inner(self._aside)) as sources,
            ):
                held = _held(rows_of(documents), rows_of(sources))
                self._run.execute(f"insert into temp.main.in_lake select *, $chunk from ({held})", {"chunk": chunk})

    def _take_over(self) -> int:
        """Land what raw has not, a chunk in a transaction; the number of documents."""
        unknown = "(from temp.main.in_lake anti join raw.documents using (document_id))"
        taken = 0
        for (chunk,) in self._run.execute(f"select distinct chunk from {unknown} order by all").fetchall():
            self._run.begin()
            self._run.execute(
                f"create or replace temp table taken as select document_id from {unknown} where chunk = $chunk",
                {"chunk": chunk},
            )
            for table in SHARED_TABLES:
                with self._place.local(_name(table, chunk), self._aside) as file:
                    self._run.execute(
                        f"insert into raw.{table} by name "
                        f"from {rows_of(file)} where document_id in (from temp.main.taken)"
                    )
            taken += self._count("temp.main.taken")
            self._run.commit()
        return taken

    def _take_over_whole_tables(self, names: set[str]) -> None:
        self._run.begin()
        for table in _WHOLE_TABLES:
            if (name := f"raw/{table}/all.parquet") in names:
                with self._place.local(name, self._aside) as file:
                    self._run.execute(f"insert into raw.{table} by name from {rows_of(file)}")
        self._run.commit()

    def _find_waiting(self, documents: str) -> None:
        """Make the table of documents that may have to be written: document_id, held, share."""
        self._run.execute(
            f"create or replace temp table waiting as select *, {share_by_id(str(_SHARES))} as share "
            f"from ({_held(documents, 'raw.document_sources')})"
        )

    def _stale(self) -> list[str]:
        """Chunks with a document that is another one now, or lies in two of them; and those that are no larger than
        what is to be written of their share with the smaller ones, so that their number stays small."""
        return [
            chunk
            for (chunk,) in self._run.execute(
                """
                with placed as (
                    select
                        in_lake.chunk,
                        waiting.share,
                        in_lake.held = waiting.held
                            and count(*) over (partition by in_lake.document_id) = 1 as is_right,
                    from temp.main.in_lake
                    inner join temp.main.waiting using (document_id)
                ),

                chunks as (
                    select chunk, any_value(share) as share, count(*) as documents, bool_and(is_right) as is_right
                    from placed
                    group by chunk
                ),

                unplaced as (
                    select share, count(*) as documents
                    from temp.main.waiting
                    anti join (from temp.main.in_lake semi join chunks on in_lake.chunk = chunks.chunk and is_right)
                        using (document_id)
                    group by share
                ),

                summed as (
                    select
                        chunks.*,
                        unplaced.documents
                        + coalesce(
                            sum(chunks.documents) over (
                                partition by share
                                order by chunks.documents, chunk
                                rows between unbounded preceding and 1 preceding
                            ),
                            0
                        ) as smaller,
                    from chunks
                    left join unplaced using (share)
                    where is_right
                )

                select chunk from chunks where not is_right
                union all
                select chunk from summed where documents <= smaller
                order by all
                """
            ).fetchall()
        ]

    def _write(self) -> set[str]:
        """Write what waits, so many documents at a time, and the small tables; the chunks that were written."""
        folder = _inner(self._aside)
        chunks: set[str] = set()
        for part in range(-(-self._count("temp.main.waiting") // _MOST)):
            self._write_part(part, folder, chunks)
        for table in _WHOLE_TABLES:
            file = folder / f"{table}.parquet"
            self._run.execute(f"copy raw.{table} to {literal(file)} (format parquet)")
            self._place.put(f"raw/{table}/all.parquet", file)
        shutil.rmtree(folder)
        return chunks

    def _write_part(self, part: int, folder: Path, chunks: set[str]) -> None:
        """Write a part of what waits as a chunk a share."""
        self._run.execute(
            """
            create or replace temp table written as
            with parted as (
                select *, (row_number() over (order by document_id) - 1) // $most as part
                from temp.main.waiting
            ),

            writing as (
                select document_id, held, share
                from parted
                where part = $part
            ),

            named as (
                select
                    share,
                    'share=' || share || '/' || md5(string_agg(document_id || held, ' ' order by document_id)) as chunk,
                from writing
                group by share
            )

            from writing
            inner join named using (share)
            """,
            {"most": _MOST, "part": part},
        )
        for table in SHARED_TABLES:
            shutil.rmtree(folder / table, ignore_errors=True)
        write_shares(self._run, folder, "(select document_id, share from temp.main.written)")
        for share, chunk in self._run.execute("select distinct share, chunk from temp.main.written").fetchall():
            for table in sorted(SHARED_TABLES, key=lambda table: table == "documents"):
                self._place.put(_name(table, chunk), self._file_of(folder, table, share))
            chunks.add(chunk)
        self._run.execute("insert into temp.main.in_lake select document_id, held, chunk from temp.main.written")

    def _file_of(self, folder: Path, table: str, share: int) -> Path:
        """What was written of a share; where that was nothing, a file without rows."""
        for file in (folder / table / f"share={share}").glob("*.parquet"):
            return file
        file = folder / "nothing.parquet"
        self._run.execute(f"copy (from raw.{table} limit 0) to {literal(file)} (format parquet)")
        return file

    def _count(self, table: str) -> int:
        [(count,)] = self._run.execute(f"select count(*) from {table}").fetchall()
        return int(count)


def _name(table: str, chunk: str) -> str:
    return f"raw/{table}/{chunk}.parquet"


def _inner(aside: Path) -> Path:
    """A second folder aside."""
    folder = aside / "lake"
    folder.mkdir(exist_ok=True)
    return folder


def _held(documents: str, sources: str) -> str:
    """A query for document_id and held: a hash of what raw knows of a document but for times, all else following from
    the version of its content."""
    return f"""
        with places as (
            select
                document_id,
                list(row(source_file, archive_member, withdrawn_at, withdrawn_by) order by source_file, archive_member)
                    as places,
            from {sources}
            group by document_id
        )

        select document_id, md5(row(content_version, forgotten_at, places)::varchar) as held
        from {documents}
        left join places using (document_id)
    """
