"""The published file as the explorer reads it: opened read-only, and opened anew when a build publishes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb

from gongkai.explore.pinyin import PinyinNames
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import MEMORY
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach, records

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Publication:
    """One published file. Requests in several threads each take a cursor of their own."""

    connection: duckdb.DuckDBPyConnection
    fingerprint: str
    published_at: datetime
    pinyin: PinyinNames

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of one thread, with the published file as its default database."""
        cursor = self.connection.cursor()
        try:
            cursor.execute("use published")
            yield cursor
        finally:
            cursor.close()

    def rows(self, query: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """The rows of a query by the names of its columns."""
        with self.cursor() as cursor:
            return records(cursor, query, parameters)

    def row(self, query: str, parameters: Mapping[str, object] | None = None) -> Row | None:
        """The first row of a query, if any."""
        return next(iter(self.rows(query, parameters)), None)

    def latin_names(self, word: str) -> list[str]:
        """Codes of regions and ids of bodies whose pinyin, or its first letters, begin so; none for Chinese."""
        return self.pinyin.beginning_with(word) if word.isascii() and word.isalpha() else []


class Library:
    """Hands out the newest publication of a warehouse. A request that began with an older one ends with it."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._lock = threading.Lock()
        self._known: tuple[int, int, int] | None = None
        self._publication: Publication | None = None

    def current(self) -> Publication | None:
        """The publication that the name leads to now; None where there is none that can be read."""
        with self._lock:
            identity = self._identity()
            if identity != self._known:
                self._publication = None if identity is None else _opened(self.warehouse)
                self._known = identity
            return self._publication

    def _identity(self) -> tuple[int, int, int] | None:
        try:
            status = self.warehouse.published.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns


def _opened(warehouse: Warehouse) -> Publication | None:
    """The published file, attached to a database of its own: DuckDB would give a file known by its name once more."""
    connection = duckdb.connect(":memory:", config={**SETTINGS, "memory_limit": MEMORY})
    try:
        attach(connection, warehouse.published, "published", "read_only")
        row = connection.execute("select fingerprint, published_at from published.raw.publication").fetchone()
    except duckdb.Error:
        row = None
    if row is None:
        connection.close()
        return None
    return Publication(connection, str(row[0]), row[1], PinyinNames(connection))
