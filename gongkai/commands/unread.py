"""`gongkai unread`."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, say
from gongkai.reports.unread import count, unread_groups


class By(StrEnum):
    """What unread figures are put together by."""

    noun = "noun"
    measure = "measure"


def unread(
    by: Annotated[
        By, typer.Option("--by", help="Put together what is said of the same noun, or has the same measure word.")
    ] = By.noun,
    limit: Annotated[int, typer.Option("--limit", help="Nouns or measure words to show.", min=1)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    debug: Debug = False,
) -> None:
    """Show the commonest figures of prose that no rule reads, each with examples: what to write a rule for."""
    groups = unread_groups(warehouse, by.value, limit)
    counts = count(warehouse)
    if as_json:
        typer.echo(json.dumps({**counts, "groups": groups}, ensure_ascii=False, indent=1))
        return
    say(
        f"{counts['unread_with_measure']} of {counts['with_measure']} numbers with a measure word are unread, "
        f"{counts['unread']} of {counts['numbers']} numbers in all"
    )
    for group in groups:
        say(f"{group[by.value]}: {group['count']} in {group['reports']} reports")
        for example in group["examples"]:
            say(f"  {example['report_id']}: {example['text']}")
