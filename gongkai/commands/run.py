"""`gongkai run`: everything from a folder of files to published tables."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated, Any

import typer
from rich.table import Table

from gongkai.building import check_changed_rules
from gongkai.commands.build import FullRefresh, Shards, SummaryFile, build_and_tell, in_processes
from gongkai.commands.check import problems_told
from gongkai.commands.ingest import (
    ExpectedFile,
    Keep,
    LakeFolder,
    LimitSettings,
    ManifestFile,
    Mirror,
    Strict,
    Workers,
    run_ingest,
    run_take,
)
from gongkai.console import (
    DEFAULT_WAREHOUSE,
    AsJson,
    Debug,
    RulesOption,
    WarehouseOption,
    err,
    for_machines,
    out,
    safe,
    say,
)
from gongkai.reports.holdings import holdings
from gongkai.reports.others import Others, others
from gongkai.summary import Told, summarised
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published
from ingest.errors import UsageError

_SHOWN_YEARS = 12

PathsOrLake = Annotated[
    list[str] | None,
    typer.Argument(help="Files, or folders of files; also s3://bucket/folder.", show_default=False),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        help="Read and build on a Ray cluster: ray (the one that RAY_ADDRESS names, or one of this machine), or "
        "ray://host:port.",
        show_default=False,
    ),
]


def run(
    paths: PathsOrLake = None,
    manifest: ManifestFile = None,
    expected: ExpectedFile = None,
    mirror: Mirror = False,
    limit: LimitSettings = None,
    workers: Workers = None,
    strict: Strict = False,
    keep: Keep = False,
    lake: LakeFolder = None,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    rules: RulesOption = None,
    full_refresh: FullRefresh = False,
    shards: Shards = None,
    on: On = None,
    as_json: AsJson = False,
    summary: SummaryFile = None,
    debug: Debug = False,
) -> int:
    """Ingest, build and publish, then show a summary of what the warehouse holds.

    With --lake and no PATHS: build what the lake holds.
    """
    if not paths and not lake:
        raise UsageError("nothing to read is named; give files, folders, or --lake alone to build what lies there")
    if on and keep:
        raise UsageError("--keep keeps what this machine reads: leave one of --keep and --on out")
    with summarised(Told("run", warehouse, strict), as_json=as_json, file=summary) as told, ExitStack() as ending:
        with problems_told():
            check_changed_rules(warehouse)
        sharding, reading = in_processes(shards), None
        if on:
            # Imported here: one machine does without it.
            from gongkai.cluster import connected

            cluster = ending.enter_context(connected(on))
            sharding, reading = cluster.sharding(shards), cluster.reading(workers)
        if paths:
            told.ingested = run_ingest(
                paths,
                warehouse,
                manifest=manifest,
                expected=expected,
                mirror=mirror,
                limit=limit,
                workers=workers,
                keep=keep,
                lake=lake,
                reading=reading,
            )
        elif lake:
            run_take(warehouse, lake)
        build_and_tell(warehouse, told, full_refresh=full_refresh, sharding=sharding)
        told.holds = print_summary(warehouse)
    return 1 if told.failed else 0


def print_summary(warehouse: Warehouse) -> dict[str, Any]:
    """A table of reports and figures by year, newest first, and what is no report. Gives what it told."""
    with open_published(warehouse) as connection:
        held = holdings(connection)
        left_out = others(connection)
    older = held["report_versions"] - held["reports"]
    versions = f", {older} older versions of them" if older else ""
    say(f"{held['reports']} current reports{versions} out of {held['documents']} documents")
    if held["years"]:
        _print_years(held["years"])
    tell_others(left_out)
    return held


def tell_others(left_out: list[Others]) -> None:
    """What the documents that are no reports were taken for, and why."""
    if not left_out:
        return
    count = sum(each.count for each in left_out)
    say(f"{count} documents are not reports (gongkai show DOCUMENT says more of one):")
    for each in left_out:
        say(each.line)


def _print_years(years: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("year", "reports", "agencies", "figures", "applications received", "stated by"):
        table.add_column(heading, justify="right")
    for year in years[:_SHOWN_YEARS]:
        received = (year["applications_received_least"], year["applications_received"])
        total = " to ".join(dict.fromkeys(f"{value:,}" for value in received if value is not None))
        named = "unknown" if year["year"] is None else year["year"]
        cells = (named, year["reports"], year["agencies"], year["figures"], total, year["stated_by"])
        table.add_row(*(safe(cell) for cell in cells))
    (err if for_machines() else out).print(table)
    if len(years) > _SHOWN_YEARS:
        say(f"and {len(years) - _SHOWN_YEARS} earlier years")
