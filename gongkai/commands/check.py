"""`gongkai check`: whether the rules are as the YAML of the seeds declares them, without dbt."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from gongkai.console import DEFAULT_WAREHOUSE, AsJson, Debug, RulesOption, WarehouseOption, err, safe, say, tell_json
from gongkai.rules.own import project_for
from gongkai.rules.problems import BrokenRules, Problem

_SHOWN_OF_A_FILE = 20


def check(
    as_json: AsJson = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    rules: RulesOption = None,
    debug: Debug = False,
) -> int:
    """Check all rules, shipped and your own: fields, codes, types, patterns, and whether each row reads its example."""
    from gongkai.rules.checking import Checked, check_rules

    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            checked = check_rules(project_for(warehouse, Path(folder)))
        except BrokenRules as broken:  # a file of one's own that is no seed
            checked = Checked(0, 0, broken.problems)
    if as_json:
        tell_json([asdict(problem) for problem in checked.problems])
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
