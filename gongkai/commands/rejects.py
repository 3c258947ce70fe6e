"""`gongkai rejects`."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai.console import DEFAULT_WAREHOUSE, AsJson, Debug, WarehouseOption, say, tell_json
from gongkai.warehouse.work import read_work
from ingest.errors import RejectReason


def rejects(
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    show_all: Annotated[bool, typer.Option("--all", help="List every file, not the first ones only.")] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show which files could not be read, why, and what to do about it."""
    with read_work(warehouse) as connection:
        rows = connection.sql(
            "select reason_code, source_file, archive_member, detail from raw.rejects order by all"
        ).fetchall()
    if as_json:
        tell_json(
            [
                {
                    "source_file": source_file,
                    "archive_member": member or None,
                    "reason_code": reason,
                    "detail": detail,
                    "next_step": RejectReason(reason).next_step,
                }
                for reason, source_file, member, detail in rows
            ]
        )
        return
    if not rows:
        say("no file is rejected")
        return
    by_reason: dict[str, list[tuple[str, str]]] = {}
    for reason, source_file, member, detail in rows:
        by_reason.setdefault(reason, []).append((f"{source_file}!{member}" if member else source_file, detail))
    for reason, files in sorted(by_reason.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        say(f"{reason}: {len(files)} - {RejectReason(reason).next_step}")
        shown = files if show_all else files[:10]
        for name, detail in shown:
            say(f"  {name}: {detail}")
        if len(shown) < len(files):
            say(f"  and {len(files) - len(shown)} more (--all shows them)")
