"""Work on one database side by side, on as many threads as DuckDB takes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import Any, Self, TypeVar

import duckdb

T = TypeVar("T")

_SECONDS_BETWEEN = 0.05


class Cursors:
    """As many connections to what one connection is open to as DuckDB has threads; each piece of work is given one.

    Use in `with`. Where an exception leaves it, Ctrl-C too, what has yet to begin is left out and what goes on is
    stopped; otherwise it waits for the end of all.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        [(threads,)] = connection.execute("select current_setting('threads')").fetchall()
        self._cursors = [connection.cursor() for _ in range(threads)]
        self._free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        for cursor in self._cursors:
            self._free.put(cursor)
        self._pool = ThreadPoolExecutor(threads)
        self._given: list[Future[Any]] = []

    def submit(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> Future[T]:
        """Have a piece of work done as soon as a thread is free."""

        def with_cursor() -> T:
            cursor = self._free.get()
            try:
                return work(cursor)
            finally:
                self._free.put(cursor)

        future = self._pool.submit(with_cursor)
        self._given.append(future)
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            going_on = [future for future in self._given if not future.cancelled()]  # `wait` never has those done
            while wait(going_on, timeout=_SECONDS_BETWEEN).not_done:  # work may be between two statements
                for cursor in self._cursors:
                    cursor.interrupt()
        self._pool.shutdown()
        for cursor in self._cursors:
            cursor.close()
