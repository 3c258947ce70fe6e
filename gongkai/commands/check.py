"""`gongkai check`: whether the rules in seeds/ are as their YAML declares them, without dbt."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, err, safe, say
from gongkai.project import project_folder
from gongkai.rules.problems import BrokenRules, Problem

_SHOWN_OF_A_FILE = 20

AsJson = Annotated[bool, typer.Option("--json", help="A list of what is wrong, for machines.")]


def check(as_json: AsJson = False, warehouse: WarehouseOption = DEFAULT_WAREHOUSE, debug: Debug = False) -> int:
    """Check all rules in seeds/: fields, codes, types, patterns, and whether each example is read by its own row."""
    from gongkai.rules.checking import check_rules

    started = time.monotonic()
    checked = check_rules(project_folder())
    if as_json:
        print(json.dumps([asdict(problem) for problem in checked.problems], ensure_ascii=False, indent=2))
    else:
        print_problems(checked.problems)
        seconds = time.monotonic() - started
        wrong = f", {len(checked.problems)} wrong" if checked.problems else ", nothing wrong"
        say(f"checked {checked.seeds} seeds with {checked.rows:,} rows in {seconds:.1f} s{wrong}")
    return 1 if checked.problems else 0


@contextmanager
def problems_told() -> Iterator[None]:
    """Print what is wrong where broken rules end what goes on inside."""
    try:
        yield
    except BrokenRules as broken:
        print_problems(broken.problems)
        raise


def print_problems(problems: list[Problem]) -> None:
    """One line each on stderr; of a file in which much is wrong the first lines, and how many there are besides."""
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.file, []).append(problem)
    for file, found in by_file.items():
        for problem in found[:_SHOWN_OF_A_FILE]:
            err.print(safe(problem), markup=False)
        if len(found) > _SHOWN_OF_A_FILE:
            rest = len(found) - _SHOWN_OF_A_FILE
            err.print(safe(f"{file}: and {rest} more; gongkai check --json lists all"), markup=False)
