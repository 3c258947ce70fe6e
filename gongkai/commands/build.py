"""`gongkai build`: from raw to marts, tested and published."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gongkai.building import Built, Failure
from gongkai.building import build as build_warehouse
from gongkai.commands.check import problems_told
from gongkai.commands.ingest import tell_restored
from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, err, safe, say
from gongkai.warehouse import Warehouse
from ingest.errors import GongkaiError

FullRefresh = Annotated[
    bool, typer.Option("--full-refresh", help="Build every table anew, also what is known already.")
]
ByDbt = Annotated[
    bool, typer.Option("--dbt", help="Let dbt itself build, instead of running what it compiled: slower.")
]


def build(
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    full_refresh: FullRefresh = False,
    by_dbt: ByDbt = False,
    debug: Debug = False,
) -> None:
    """Build the marts from what is landed, test them, and publish them."""
    build_and_tell(warehouse, full_refresh=full_refresh, by_dbt=by_dbt)


def build_and_tell(warehouse: Warehouse, *, full_refresh: bool, by_dbt: bool = False) -> Built:
    """Build with a progress bar; failures as lines on stderr, then GongkaiError."""
    started = time.monotonic()
    bar = Progress(
        TextColumn("building"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.description}"), console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip
    with problems_told(), bar:
        task = bar.add_task("reading the rules", total=None)

        def progress(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total or None, description=safe(name))

        built = build_warehouse(warehouse, full_refresh=full_refresh, by_dbt=by_dbt, progress=progress)
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
    return built


def _print_failure(word: str, failure: Failure) -> None:
    err.print(safe(f"{word}: {failure.name} ({failure.path}): {failure.message}"), markup=False)
    for row in failure.rows:
        err.print(safe(f"    {row}"), markup=False)
