"""`gongkai build`: from raw to marts, tested and published."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from gongkai.building import Failure
from gongkai.building import build as build_warehouse
from gongkai.building.shard_processes import ShardProcesses
from gongkai.building.sharding import Sharding
from gongkai.commands.check import problems_told
from gongkai.commands.ingest import tell_restored
from gongkai.console import DEFAULT_WAREHOUSE, AsJson, Debug, RulesOption, WarehouseOption, err, safe, say
from gongkai.following import following
from gongkai.reports.holdings import holdings
from gongkai.summary import Told, summarised
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published
from ingest.errors import GongkaiError, UsageError

FullRefresh = Annotated[
    bool, typer.Option("--full-refresh", help="Build every table anew, also what is known already.")
]
ByDbt = Annotated[
    bool, typer.Option("--dbt", help="Let dbt itself build, instead of running what it compiled: slower.")
]
Shards = Annotated[
    int | None,
    typer.Option(
        "--shards",
        min=1,
        help="Build by document in so many shards, a process each: for many cores, or little memory.",
        show_default=False,
    ),
]
SummaryFile = Annotated[
    Path | None,
    typer.Option(
        "--summary",
        help="Also write what was done for a CI system: JUnit where the name ends in .xml, Markdown where in .md.",
        show_default=False,
    ),
]


def build(
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    rules: RulesOption = None,
    full_refresh: FullRefresh = False,
    by_dbt: ByDbt = False,
    shards: Shards = None,
    as_json: AsJson = False,
    summary: SummaryFile = None,
    debug: Debug = False,
) -> None:
    """Build the marts from what is landed, test them, and publish them."""
    if by_dbt and shards:
        raise UsageError("--dbt knows no shards: leave one of --dbt and --shards out")
    with summarised(Told("build", warehouse), as_json=as_json, file=summary) as told:
        build_and_tell(warehouse, told, full_refresh=full_refresh, by_dbt=by_dbt, sharding=in_processes(shards))
        if as_json or summary:
            with open_published(warehouse) as connection:
                told.holds = holdings(connection)


def in_processes(shards: int | None) -> Sharding | None:
    """So many shards, built by processes of this machine."""
    return Sharding(shards, ShardProcesses()) if shards else None


def build_and_tell(
    warehouse: Warehouse, told: Told, *, full_refresh: bool, by_dbt: bool = False, sharding: Sharding | None = None
) -> None:
    """Build and tell how far it is; failures as lines on stderr, then GongkaiError."""
    started = time.monotonic()
    with problems_told(), following("building", "steps") as follow:
        built = build_warehouse(warehouse, full_refresh=full_refresh, by_dbt=by_dbt, sharding=sharding, progress=follow)
    told.built = built
    if built.restored:
        tell_restored(warehouse, built.restored)
    for warning in built.warnings:
        _print_failure("warning", warning)
    for failure in built.failures:
        _print_failure("failed", failure)
    if built.failures:
        raise GongkaiError(
            f"{len(built.failures)} of {built.steps} steps failed, so nothing was published and {built.warehouse} is "
            "as it was before; mend what is listed above, then run gongkai build again"
        )
    seconds = time.monotonic() - started
    if built.unchanged:
        say(f"nothing new: {warehouse} is up to date")
    else:
        say(f"published {warehouse}: {built.steps} steps in {seconds:.1f} s")


def _print_failure(word: str, failure: Failure) -> None:
    err.print(safe(f"{word}: {failure.name} ({failure.path}): {failure.message}"), markup=False)
    for row in failure.rows:
        err.print(safe(f"    {row}"), markup=False)
