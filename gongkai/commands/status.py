"""`gongkai status`."""

from __future__ import annotations

from gongkai.commands.run import tell_others
from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, say
from gongkai.reports.others import others
from gongkai.warehouse.published import open_published, require_marts
from gongkai.warehouse.work import read_work


def status(warehouse: WarehouseOption = DEFAULT_WAREHOUSE, debug: Debug = False) -> None:
    """Show what was ingested, by kind of file, and how the last run went."""
    with read_work(warehouse) as connection:
        kinds = connection.sql(
            "select reader, count(*), sum(char_count) from raw.documents group by all order by 2 desc, 1"
        ).fetchall()
        reject_count = connection.sql("select count(*) from raw.rejects").fetchall()[0][0]
        runs = connection.sql(
            """
            select started_at, finished_at, seen_count, landed_count, unchanged_count, rejected_count
            from raw.ingest_runs
            order by started_at desc
            limit 1
            """
        ).fetchall()
    say(f"warehouse {warehouse}{'' if warehouse.published.exists() else ' (not built yet: gongkai build)'}")
    say(f"{sum(count for _, count, _ in kinds)} documents, {reject_count} rejected files")
    for reader, count, characters in kinds:
        say(f"  {reader}: {count} documents, {characters} characters")
    if warehouse.published.exists():
        with open_published(warehouse) as connection:
            require_marts(connection, "dim_document")
            tell_others(others(connection))
    for started_at, finished_at, seen, landed, unchanged, rejected in runs:
        if finished_at is None:
            say(f"last ingest: {started_at:%Y-%m-%d %H:%M} UTC, stopped before its end; run it again to complete it")
        else:
            say(
                f"last ingest: {started_at:%Y-%m-%d %H:%M} UTC, {seen} files met: {landed} landed, "
                f"{unchanged} known already, {rejected} rejected"
            )
