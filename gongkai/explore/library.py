"""The published file as the explorer reads it: opened read-only, and opened anew when a build publishes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from gongkai.explore.needs import lacking
from gongkai.explore.pinyin import PinyinNames
from gongkai.publishing import reason
from gongkai.warehouse import Warehouse
from gongkai.warehouse.ownership import damaged, published_found
from gongkai.warehouse.published import MEMORY
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach, records
from ingest.errors import GongkaiError

Row = dict[str, object]

_MOST_KEPT = 200
"""Answers that are kept for as long as the publication is: lists of levels, counts of a year, and the like."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One published file. Requests in several threads each take a cursor of their own."""

    connection: duckdb.DuckDBPyConnection
    fingerprint: str
    published_at: datetime
    pinyin: PinyinNames
    _kept: OrderedDict[tuple[str, tuple[object, ...]], list[Row]] = field(default_factory=OrderedDict)
    _made: set[str] = field(default_factory=set)
    _making: threading.Lock = field(default_factory=threading.Lock)

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

    def kept_rows(self, query: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """The same for what many pages ask in the same words; whoever gets the rows leaves them as they are."""
        key = (query, tuple((parameters or {}).items()))
        rows = self._kept.get(key)
        if rows is None:
            rows = self._kept[key] = self.rows(query, parameters)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return rows

    def table(self, name: str, query: str) -> str:
        """A table in memory for as long as the publication is, made of a query when it is first asked for; its name."""
        with self._making:
            if name not in self._made:
                with self.cursor() as cursor:
                    cursor.execute(f"create table memory.main.{name} as {query}")
                self._made.add(name)
        return f"memory.main.{name}"

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
        self._problem = ""

    def current(self) -> Publication | None:
        """The publication that the name leads to now; None where there is none that can be read."""
        with self._lock:
            identity = self._identity()
            if identity != self._known:
                self._publication, self._problem = None, ""
                if identity is not None:
                    try:
                        self._publication = _opened(self.warehouse)
                    except GongkaiError as error:
                        self._problem = str(error)
                self._known = identity
            return self._publication

    def problem(self) -> str:
        """Why the file that is there cannot be read, and what to do, in a line; nothing where it can, or none is."""
        return "" if self.current() else self._problem

    def _identity(self) -> tuple[int, int, int] | None:
        try:
            status = self.warehouse.published.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns


def _opened(warehouse: Warehouse) -> Publication | None:
    """The published file, attached to a database of its own: DuckDB would give a file known by its name once more.

    None where it is gone again. GongkaiError where it is no publication of ours, or one that lacks what the pages show.
    """
    found = published_found(warehouse)
    if found.state == "missing":
        return None
    if found.state != "ours":
        raise found.error()
    connection = duckdb.connect(":memory:", config={**SETTINGS, "memory_limit": MEMORY})
    try:
        attach(connection, warehouse.published, "published", "read_only")
        missing = lacking(connection, "published")
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise GongkaiError(
                f"{warehouse} was built by another version and lacks {missing[0]}{more}; "
                f"make it anew with: gongkai build --warehouse {warehouse}"
            )
        ((fingerprint, published_at),) = connection.execute(
            "select fingerprint, published_at from published.raw.publication"
        ).fetchall()
    except (duckdb.Error, GongkaiError) as error:
        connection.close()
        if isinstance(error, duckdb.Error):
            raise damaged(warehouse.published, reason(error)) from error
        raise
    return Publication(connection, str(fingerprint), published_at, PinyinNames(connection))
