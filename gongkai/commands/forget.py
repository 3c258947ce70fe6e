"""`gongkai forget`."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, say

_SHOWN_FILES = 20

Names = Annotated[
    list[str],
    typer.Argument(help="Files or folders as they were ingested, or ids of reports.", show_default=False),
]
Undo = Annotated[bool, typer.Option("--undo", help="Have again what was forgotten.")]


def forget(
    names: Names, undo: Undo = False, warehouse: WarehouseOption = DEFAULT_WAREHOUSE, debug: Debug = False
) -> None:
    """Withdraw files or reports: they stay in raw, no report of theirs is current, and later runs leave it so."""
    # imported here, as DuckDB takes a while that `gongkai --help` need not wait for
    from gongkai.forgetting import forget as forget_in

    found = forget_in(warehouse, names, undo=undo)
    for file in found.files[:_SHOWN_FILES]:
        say(f"{'known again' if undo else 'forgotten'}: {file}")
    if len(found.files) > _SHOWN_FILES:
        say(f"and {len(found.files) - _SHOWN_FILES} more")
    say("gongkai build publishes it")
