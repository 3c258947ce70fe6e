"""`gongkai status`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from gongkai.commands.run import tell_others
from gongkai.console import DEFAULT_WAREHOUSE, AsJson, Debug, WarehouseOption, say, tell_json
from gongkai.publications import latest
from gongkai.reports.others import Others, others
from gongkai.warehouse.published import open_published, require_marts
from gongkai.warehouse.sql import records
from gongkai.warehouse.work import read_work


def status(warehouse: WarehouseOption = DEFAULT_WAREHOUSE, as_json: AsJson = False, debug: Debug = False) -> None:
    """Show what was ingested, by kind of file, how old it is, and how the last run went."""
    with read_work(warehouse) as connection:
        kinds = records(
            connection,
            "select reader, count(*) as documents, sum(char_count)::bigint as characters from raw.documents "
            "group by all order by 2 desc, 1",
        )
        [(document_count, reject_count)] = connection.sql(
            "select (select count(*) from raw.documents), (select count(*) from raw.rejects)"
        ).fetchall()
        runs = records(
            connection,
            """
            select started_at, finished_at, seen_count, landed_count, unchanged_count, rejected_count
            from raw.ingest_runs
            order by started_at desc
            limit 1
            """,
        )
    publication, left_out = None, list[Others]()
    if warehouse.published.exists():
        with open_published(warehouse) as connection:
            require_marts(connection, "dim_document")
            publication, left_out = latest(connection), others(connection)
    last = runs[0] if runs else None
    if as_json:
        tell_json(
            {
                "warehouse": str(warehouse.absolute()),
                "publication": publication and asdict(publication),
                "documents": document_count,
                "rejected": reject_count,
                "readers": kinds,
                "no_reports": [asdict(each) for each in left_out],
                "last_ingest": last and last | {"days_ago": _days_ago(last["started_at"])},
            }
        )
        return
    say(f"warehouse {warehouse}{'' if warehouse.published.exists() else ' (not built yet: gongkai build)'}")
    if publication:
        say(f"{publication}")
    say(f"{document_count} documents, {reject_count} rejected files")
    for each in kinds:
        say(f"  {each['reader']}: {each['documents']} documents, {each['characters']} characters")
    tell_others(left_out)
    if last:
        _tell_run(last)


def _tell_run(last: dict[str, object]) -> None:
    days = _days_ago(last["started_at"])
    when = f"last ingest: {last['started_at']:%Y-%m-%d %H:%M} UTC{f' ({days} days ago)' if days else ''}"
    if last["finished_at"] is None:
        say(f"{when}, stopped before its end; run it again to complete it")
        return
    say(
        f"{when}, {last['seen_count']} files met: {last['landed_count']} landed, "
        f"{last['unchanged_count']} known already, {last['rejected_count']} rejected"
    )


def _days_ago(moment: object) -> int:
    """Whole days since a time of the warehouse, which is UTC."""
    assert isinstance(moment, datetime)
    return (datetime.now(tz=UTC).replace(tzinfo=None) - moment).days
