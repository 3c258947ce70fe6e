"""A warehouse of a few tables that are made here, for tests of publishing, which asks nothing of rules."""

from __future__ import annotations

from pathlib import Path

import duckdb

from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work

ROWS = 200_000


def warehouse_of_numbers(path: Path) -> Path:
    """A warehouse whose work file holds some raw rows, a mart, a view, and an intermediate table."""
    with open_work(Warehouse(path)) as connection:
        connection.execute(
            "insert into raw.blocks by name select 'd' || (i // 100) as document_id, i % 100 as block_no, "
            "'paragraph' as kind, '本机关' as text "
            f"from range({ROWS}) as rows (i)"
        )
        connection.execute("create schema marts; create schema intermediate")
        connection.execute("create table intermediate.secret as select 1 as x")
        connection.execute("create table marts.numbers (code varchar not null, value decimal(20, 4))")
        connection.execute(
            f"insert into marts.numbers select lpad(i::varchar, 9, '0'), i from range({ROWS}) as rows (i)"
        )
        connection.execute("comment on table marts.numbers is 'One row a number. It''s 数字.'")
        connection.execute("comment on column marts.numbers.code is '代码'")
        connection.execute("create view marts.few as select * from marts.numbers limit 3")
    return path


def count(published: Path, table: str = "marts.numbers") -> int:
    """The number of rows of a published table."""
    with duckdb.connect(str(published), read_only=True) as connection:
        return int(connection.sql(f"select count(*) from {table}").fetchall()[0][0])
