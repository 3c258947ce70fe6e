"""The marts in a PostgreSQL database, for tools that ask one: Metabase, Superset, Power BI."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import polars as pl

from gongkai.export.marts import (
    Column,
    batches,
    ordered,
    primary_key,
    references,
    shown_columns,
    table_description,
)
from gongkai.export.picking import Picked
from gongkai.publications import latest
from ingest.errors import GongkaiError, UsageError

if TYPE_CHECKING:
    import psycopg

SCHEMES = ("postgresql://", "postgres://")
_OURS = "Gongkai marts"
_TYPES = {
    "VARCHAR": "text",
    "VARCHAR[]": "text[]",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "DOUBLE": "double precision",
}


def write_postgres(picked: Picked, address: str, schema: str) -> int:
    """Put the marts into a schema of a database in one transaction, in place of the last ones. Returns the rows.

    A table whose columns are as before is emptied and filled anew, so that views on it and rights to it stay; one that
    changed, or is no mart any more, is dropped. GongkaiError where the schema is not ours, or the server says no.
    """
    try:
        import psycopg
    except ImportError as error:
        raise GongkaiError(
            "PostgreSQL needs one more package; install it with: pip install 'gongkai-warehouse[postgres]'"
        ) from error
    with _told(address), psycopg.connect(address, autocommit=False, application_name="gongkai export") as server:
        return _Schema(server, schema).fill(picked)


@contextmanager
def _told(address: str) -> Iterator[None]:
    """What the server says in one line, without the password of the address."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        secret = _secret(address)
        raise GongkaiError(f"{shown(address)}: {reason.replace(secret, '***') if secret else reason}") from error


def shown(address: str) -> str:
    """An address that may be printed."""
    parts = urlsplit(address)
    try:
        place = f"{parts.hostname or 'local'}{f':{parts.port}' if parts.port else ''}"
    except ValueError as error:
        raise UsageError("--to: the address has no proper port; write postgresql://USER@HOST:PORT/DATABASE") from error
    return f"postgresql://{place}{parts.path}"


def _secret(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""


class _Schema:
    """A schema of a database, and what goes into it."""

    def __init__(self, server: psycopg.Connection[Any], name: str) -> None:
        from psycopg import sql

        self.sql = sql
        self.server = server
        self.name = name

    def fill(self, picked: Picked) -> int:
        """Put everything into it, within the transaction that the connection is in."""
        self._require_ours()
        connection = picked.connection
        wanted = {name: shown_columns(connection, name, picked.columns) for name in picked.names}
        there = self._there()
        kept = []
        for table, constraint in self._constraints():
            self._run("alter table {}.{} drop constraint {}", self.name, table, constraint)
        for table, fields in there.items():
            if fields == [(column.name, _type(column)) for column in wanted.get(table, [])]:
                self._run("truncate {}.{}", self.name, table)
                kept.append(table)
            else:
                self._run("drop table {}.{}", self.name, table)
        count = 0
        for table, own in wanted.items():
            if table not in kept:
                self._create(table, own)
            self._describe(picked, table, own)
            count += self._copy(picked, table, own)
            key = primary_key(picked.connection, table, [column.name for column in own])
            if key:
                places = ", ".join("{}" for _ in key)
                self._run(f"alter table {{}}.{{}} add primary key ({places})", self.name, table, *key)
        if not picked.is_part:
            self._refer(picked, wanted)
        said = f"{_OURS}, {latest(connection) or 'not numbered'}"
        self._run("comment on schema {} is " + _literal(said), self.name)
        return count

    def _run(self, statement: str, *names: str) -> None:
        """A statement with names in their places."""
        self.server.execute(self.sql.SQL(statement).format(*map(self.sql.Identifier, names)))

    def _require_ours(self) -> None:
        row = self.server.execute(
            "select obj_description(oid, 'pg_namespace'), "
            "exists(select 1 from pg_class where relnamespace = pg_namespace.oid) from pg_namespace where nspname = %s",
            [self.name],
        ).fetchone()
        if row is None:
            self._run("create schema {}", self.name)
        elif row[1] and not str(row[0] or "").startswith(_OURS):
            raise GongkaiError(
                f"the schema {self.name} holds tables that gongkai export has not made; it is left as it is: name "
                "another one with --schema"
            )

    def _there(self) -> dict[str, list[tuple[str, str]]]:
        """The tables with their columns and types."""
        rows = self.server.execute(
            "select relname, attname, format_type(atttypid, atttypmod) from pg_class "
            "inner join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped "
            "where relnamespace = %s::regnamespace and relkind = 'r' order by relname, attnum",
            [f'"{self.name}"'],
        ).fetchall()
        tables: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in rows:
            tables.setdefault(table, []).append((column, kind))
        return tables

    def _constraints(self) -> list[tuple[str, str]]:
        """Keys, those that lead to others first."""
        return self.server.execute(
            "select relname, conname from pg_constraint inner join pg_class on pg_class.oid = conrelid "
            "where connamespace = %s::regnamespace and contype in ('f', 'p') order by contype",
            [f'"{self.name}"'],
        ).fetchall()

    def _create(self, table: str, own: list[Column]) -> None:
        sql = self.sql
        fields = [sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(_type(column))) for column in own]
        self.server.execute(
            sql.SQL("create table {} ({})").format(sql.Identifier(self.name, table), sql.SQL(", ").join(fields))
        )

    def _describe(self, picked: Picked, table: str, own: list[Column]) -> None:
        """Say what the table and its columns hold; tools show it beside their names."""
        said = table_description(picked.connection, table)
        self._run("comment on table {}.{} is " + _literal(said), self.name, table)
        for column in own:
            self._run("comment on column {}.{}.{} is " + _literal(column.description), self.name, table, column.name)

    def _copy(self, picked: Picked, table: str, own: list[Column]) -> int:
        """Send the rows in the format that COPY reads fastest."""
        count = 0
        columns = self.sql.SQL(", ").join(self.sql.Identifier(column.name) for column in own)
        statement = self.sql.SQL("copy {} ({}) from stdin").format(self.sql.Identifier(self.name, table), columns)
        with self.server.cursor() as cursor, cursor.copy(statement) as copy:
            for frame in batches(picked.connection, ordered(picked.connection, table, picked.columns)):
                count += frame.height
                copy.write(copy_text(frame))
        return count

    def _refer(self, picked: Picked, wanted: dict[str, list[Column]]) -> None:
        """Add foreign keys, by which tools know how tables are joined."""
        for table, own in wanted.items():
            names = [column.name for column in own]
            for each in references(picked.connection, table):
                target = [column.name for column in wanted.get(each.to_table, [])]
                key = primary_key(picked.connection, each.to_table, target) if target else None
                if each.column in names and key == [each.to_column]:
                    self._run(
                        "alter table {}.{} add foreign key ({}) references {}.{} ({})",
                        *(self.name, table, each.column, self.name, each.to_table, each.to_column),
                    )


def copy_text(frame: pl.DataFrame) -> bytes:
    """Rows as COPY reads text: tabs between, \\N for NULL, backslashes before what would be taken for either."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    element = pl.element().str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    arrays = frame.with_columns(
        pl.concat_str(
            pl.lit("{"),
            pl.col(name).list.eval('"' + element + '"').list.eval(pl.element().fill_null("NULL")).list.join(","),
            pl.lit("}"),
        ).alias(name)
        for name in lists
    )
    texts = [name for name, kind in arrays.schema.items() if kind == pl.String]
    escaped = arrays.with_columns(
        pl.col(name)
        .str.replace_all("\x00", "\N{REPLACEMENT CHARACTER}", literal=True)
        .str.replace_all("\\", "\\\\", literal=True)
        .str.replace_all("\t", "\\t", literal=True)
        .str.replace_all("\n", "\\n", literal=True)
        .str.replace_all("\r", "\\r", literal=True)
        for name in texts
    )
    text = escaped.write_csv(
        None,
        include_header=False,
        separator="\t",
        quote_style="never",
        null_value="\\N",
        datetime_format="%Y-%m-%d %H:%M:%S%.6f",
    )
    return text.encode()


def _type(column: Column) -> str:
    """The type that PostgreSQL has for a column, as it writes it."""
    if column.type.startswith("DECIMAL"):
        return column.type.replace("DECIMAL", "numeric")
    return {"TIMESTAMP": "timestamp without time zone"}.get(column.type, _TYPES.get(column.type, "text"))


def _literal(text: str) -> str:
    """Text as a statement has it, where it takes no parameters; braces are for names."""
    quoted = text.replace("'", "''").replace("{", "{{").replace("}", "}}").replace("\x00", "")
    return f"'{quoted}'"
