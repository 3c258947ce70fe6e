"""Documents that are no reports: what they were taken for, and why."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from gongkai.warehouse.sql import records
from ingest.errors import UsageError

SHOWN_FILES = 3
SHOWN_TEXT = 5
"""Blocks of text that are shown of a document."""


@dataclass(frozen=True, slots=True)
class Others:
    """Documents of a class, left out for one reason; `titled` of them carry a report's title."""

    document_class: str
    reason: str
    count: int
    titled: int
    files: list[str]

    @property
    def line(self) -> str:
        """What is shown of them."""
        titled = f", {self.titled} of them with a report's title" if self.titled else ""
        more = f" and {self.count - len(self.files)} more" if self.count > len(self.files) else ""
        return f"  {self.count} {self.document_class}, {self.reason}{titled}: {', '.join(self.files)}{more}"


def others(connection: duckdb.DuckDBPyConnection) -> list[Others]:
    """What is no report in the marts that `connection` leads to: those with a report's title first."""
    rows = connection.execute(
        f"""
        with named as (
            select *, source_file || coalesce('!' || archive_member, '') as place
            from marts.dim_document
            where document_class != 'annual_report'
        )

        select
            document_class,
            class_reason,
            count(*),
            count(*) filter (has_report_title),
            list(place order by has_report_title desc, place)[:{SHOWN_FILES}],
        from named
        group by document_class, class_reason
        order by count(*) filter (has_report_title) desc, count(*) desc, document_class, class_reason
        """  # noqa: S608 - a number of ours
    ).fetchall()
    return [Others(*row) for row in rows]


def find_document(connection: duckdb.DuckDBPyConnection, wanted: str) -> dict[str, object]:
    """The row of marts.dim_document whose id begins so, or one of whose source files is or ends so.

    A file that was rejected gives its row of raw.rejects. UsageError where none or several do.
    """
    rows = records(
        connection,
        """
        select documents.*
        from marts.dim_document as documents
        where starts_with(document_id, $wanted)
            or document_id in (
                select document_id
                from raw.document_sources
                where source_file = $wanted or ends_with(source_file, '/' || $wanted)
                    or source_file || '!' || archive_member = $wanted
            )
        order by source_file, archive_member
        """,
        {"wanted": wanted},
    ) or records(
        connection,
        "select * from raw.rejects where source_file = $wanted or ends_with(source_file, '/' || $wanted) "
        "or source_file || '!' || archive_member = $wanted order by all",
        {"wanted": wanted},
    )
    if len(rows) == 1:
        return rows[0]
    if rows:
        some = "; ".join(_named(row) for row in rows[:SHOWN_FILES])
        more = f" and {len(rows) - SHOWN_FILES} more" if len(rows) > SHOWN_FILES else ""
        raise UsageError(f"{wanted} names {len(rows)} documents: {some}{more}; give one of these")
    raise UsageError(
        f"no report is called {wanted}, nor any other document; give a report_id or document_id, its beginning, "
        "or a source file as marts.dim_document has it"
    )


def _named(row: dict[str, object]) -> str:
    member = f"!{row['archive_member']}" if row["archive_member"] else ""
    identity = f"{str(row['document_id'])[:16]} " if "document_id" in row else ""
    return f"{identity}{row['source_file']}{member}"


def beginning(connection: duckdb.DuckDBPyConnection, document_id: str) -> list[str]:
    """The first lines of a document's text."""
    rows = connection.execute(
        "select text from raw.blocks where document_id = ? order by block_no limit ?", [document_id, SHOWN_TEXT]
    ).fetchall()
    return [" ".join(text.split())[:120] for (text,) in rows]
