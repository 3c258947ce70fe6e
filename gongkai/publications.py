"""Publications: each has a number and a time, which exports carry, so that a figure can be quoted as of a publication.

The published file itself keeps the list of all publications and what the last of them changed: `marts.publications` and
`marts.changes`, made while a file is published and by nothing else. The work file remembers the last number, in case
the published file is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import duckdb

from gongkai import changes
from gongkai.warehouse.sql import literal

TABLES = ("publications", "changes")
"""The marts that no dbt model makes."""

COLUMNS: dict[str, tuple[str, str]] = {
    "publication_no": ("integer", "Its number, from 1."),
    "published_at": ("timestamp", "When it was made (UTC)."),
    "software_version": ("varchar", "Version of the package that made it."),
    "fingerprint": ("varchar", "What it was made of: hashes of what is landed and of the rules."),
    "document_count": ("bigint", "Documents landed."),
    "report_count": ("bigint", "Current reports."),
    "change_count": ("bigint", "Rows of changes that it made; NULL where there was nothing to compare it with."),
}  # fmt: skip
"""The columns of marts.publications: type and description."""

DESCRIPTION = "One row a publication: a build whose marts took the place of those before. The last row is this one."


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication by its number and its time (UTC)."""

    number: int
    published_at: datetime

    def __str__(self) -> str:
        return f"publication {self.number} of {self.published_at:%Y-%m-%d %H:%M} UTC"


def latest(connection: duckdb.DuckDBPyConnection) -> Publication | None:
    """The publication that a published file is; None for a file from before publications were numbered."""
    try:
        rows = connection.execute(
            "select publication_no, published_at from marts.publications order by publication_no desc limit 1"
        ).fetchall()  # to the end, as the connection takes nothing else before that
    except duckdb.CatalogException:
        return None
    return Publication(*rows[0]) if rows else None


def compare(connection: duckdb.DuckDBPyConnection) -> bool:
    """Find what `work` changes against `former`, where both are attached and have what is compared.

    Gives whether they have. It is for `record` to write.
    """
    if not changes.are_comparable(connection, "former", "work"):
        return False
    changes.find_changes(connection, "former", "work")
    return True


def record(
    connection: duckdb.DuckDBPyConnection, fingerprint: str, *, last_number: int, is_compared: bool, kept: int
) -> Publication:
    """Write the list of publications and the changes of the last `kept` into `published`, with this one at their end.

    `last_number`: the highest number that is known to have been given. `is_compared`: what `compare` gave.
    """
    for name, columns, description in (
        ("publications", COLUMNS, DESCRIPTION),
        ("changes", changes.COLUMNS, changes.DESCRIPTION),
    ):
        table = f"published.marts.{name}"
        connection.execute(f"create table {table} ({', '.join(f'{each} {columns[each][0]}' for each in columns)})")
        if common := ", ".join(each for each in _columns_of(connection, f"former.marts.{name}") if each in columns):
            connection.execute(f"insert into {table} by name select {common} from former.marts.{name}")  # noqa: S608
        connection.execute(f"comment on table {table} is {literal(description)}")
        for column, (_, text) in columns.items():
            connection.execute(f"comment on column {table}.{column} is {literal(text)}")
    row = connection.execute("select coalesce(max(publication_no), 0) from published.marts.publications").fetchone()
    publication = Publication(
        max(last_number, int(row[0]) if row else 0) + 1, datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    )
    if is_compared:
        connection.execute(
            "insert into published.marts.changes by name select ? as publication_no, * from changes",
            [publication.number],
        )
    connection.execute("delete from published.marts.changes where publication_no <= ?", [publication.number - kept])
    reports = (
        "(select count(*) from published.marts.dim_report where is_current)"
        if _columns_of(connection, "published.marts.dim_report")
        else "null"
    )
    connection.execute(
        f"""
        insert into published.marts.publications by name
        select
            $number as publication_no,
            $published_at as published_at,
            $software_version as software_version,
            $fingerprint as fingerprint,
            (select count(*) from published.raw.documents) as document_count,
            {reports} as report_count,
            if($is_compared, (select count(*) from published.marts.changes where publication_no = $number), null)
                as change_count,
        """,  # noqa: S608 - names of ours
        {
            "number": publication.number,
            "published_at": publication.published_at,
            "software_version": version("gongkai-warehouse"),
            "fingerprint": fingerprint,
            "is_compared": is_compared,
        },
    )
    return publication


def _columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The names of a table's columns; none where it is not there. The catalog takes ten times as long to tell."""
    try:
        return [column[0] for column in connection.execute(f"from {table} limit 0").description or []]
    except (duckdb.CatalogException, duckdb.BinderException):  # the latter where the file is not open
        return []
