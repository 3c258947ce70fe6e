"""All seeds against all that is declared of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from gongkai.rules.declarations import Seed, read_declarations
from gongkai.rules.examples import read_examples
from gongkai.rules.kinds import Rules, hold
from gongkai.rules.own import told_where_they_lie
from gongkai.rules.problems import BrokenRules, Problem
from gongkai.rules.seed_files import read_seed
from gongkai.rules.tables import Tables
from gongkai.rules.templates import Templates, model_file, stands_on


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, and what is wrong, in the order of files and lines."""

    seeds: int
    rows: int
    problems: list[Problem]


def check_rules(project: Path, changed: Iterable[str] | None = None) -> Checked:
    """Check every seed of the project. Takes a second or three, most of it for the examples.

    `changed`: the files of the project that are not as they were when all was found right; what looks at none of them
    is not looked at again.
    """
    declared, problems = read_declarations(project)
    touched = None if changed is None else _touched(declared, set(changed))
    files = {name: read_seed(project / seed.file, seed.file, list(seed.types)) for name, seed in declared.items()}
    tables = Tables(project)
    for name, seed in declared.items():
        if not files[name].problems:
            tables.load(seed, files[name])
    templates = Templates(project)
    rules = Rules(declared, files, tables, re.compile(templates.call("term_pattern")))
    # What the rows of a file that is not whole hold, and what looks at them, waits until it is mended.
    broken = {name for name, seed in files.items() if seed.problems}
    for name, seed in declared.items():
        if name not in broken:
            problems += _hold_all(rules, seed, broken, touched)
    broken |= {name for name, seed in files.items() if seed.problems}
    if touched is None or _examples_stand_on(project, declared, touched):
        problems += read_examples(project, rules, templates, broken)
    for seed_file in files.values():
        problems += seed_file.problems
    problems = told_where_they_lie(project, problems)
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line))
    return Checked(len(files), sum(len(seed.rows) for seed in files.values()), ordered)


def _touched(declared: dict[str, Seed], changed: set[str]) -> set[str] | None:
    """The seeds whose rows or declarations changed; None where something else did, which may concern any of them."""
    of_seeds = {file for seed in declared.values() for file in (seed.file, seed.yaml_file)}
    if not changed <= of_seeds:
        return None
    return {name for name, seed in declared.items() if changed & {seed.file, seed.yaml_file}}


def _examples_stand_on(project: Path, declared: dict[str, Seed], touched: set[str]) -> bool:
    """Whether a seed is named in a model that reads examples, in what such a model stands on, or in a macro."""
    names: set[str] = set()
    macros = "".join(path.read_text("utf-8") for path in (project / "macros").rglob("*.sql"))
    for name, seed in declared.items():
        for read_by in seed.read_by:
            names |= {name, *stands_on(project, read_by.model)}
    texts = [macros, *(path.read_text("utf-8") for name in names if (path := model_file(project, name)))]
    return not touched.isdisjoint(names.union(*(re.findall(r"\w+", text) for text in texts)))


def _hold_all(rules: Rules, seed: Seed, broken: set[str], touched: set[str] | None) -> list[Problem]:
    """Hold every data test of a seed against its rows; gives back what is wrong with the tests themselves."""
    problems = []
    for test in seed.tests:
        looks_at = {seed.name} | test.stands_on()
        if broken & test.stands_on() or (touched is not None and touched.isdisjoint(looks_at)):
            continue
        try:
            hold(rules, seed.name, test)
        except (duckdb.Error, LookupError, ValueError) as error:
            what = f"{test.kind} of {seed.name}{'.' if test.column else ''}{test.column}"
            message = f"the data test {what} cannot be held against the rows: {str(error).splitlines()[0]}"
            problems.append(Problem(seed.yaml_file, seed.yaml_line, message))
    return problems


@cache
def refuse_broken_rules(project: Path, fingerprint: str, changed: frozenset[str] | None = None) -> None:
    """BrokenRules where a seed is not as its YAML declares it. Rules of one fingerprint are checked once a process.

    `changed`: as `check_rules` has it.
    """
    if problems := check_rules(project, changed).problems:
        raise BrokenRules(problems)
