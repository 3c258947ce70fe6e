"""A user's own rules: rows of seeds in a folder beside the warehouse, put among those that ship; an upgrade keeps them.

A row whose key a shipped row has stands in its place; any other is added. The outcome is a project like the one that
shipped, in which whatever is not changed is a link: checked, compiled and fingerprinted like any other.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from gongkai.rules.declarations import Seed, read_declarations
from gongkai.rules.problems import BrokenRules, Problem, nearest, shown
from gongkai.rules.seed_files import SeedFile, read_seed
from gongkai.warehouse import OWN_RULES, Warehouse
from ingest.errors import GongkaiError, UsageError
from ingest.shipped import checkout, shipped_project, use_project

_LINKED = ("dbt_project.yml", "profiles.yml", "models", "macros", "tests", "target/gongkai/compiled.duckdb")
"""The last: what was compiled of the rules that shipped, as a beginning."""
_ORIGINS = "own-rules.json"
_PEOPLE = ("verdicts.csv", "corrections.csv")


def project_for(warehouse: Warehouse, folder: Path | None = None) -> Path:
    """The project that a command on this warehouse goes by; readers and processes started from here on do, too.

    One with rules of a user's own is made in `folder`, or beside the warehouse. BrokenRules where a file of a user's
    own is no seed; UsageError where the folder that was named is not there.
    """
    rules = own_rules(warehouse)
    use_project(None)
    if rules is None:
        return shipped_project()
    project = folder or warehouse.absolute().scratch_folder / "project"
    try:
        put_among(rules, shipped_project(), project)
    except OSError as error:
        raise GongkaiError(
            f"cannot keep the project with the rules of {rules} in {project} ({error.strerror}); give this user the "
            "right to write there, or move away what stands there"
        ) from error
    use_project(project)
    return project


def own_rules(warehouse: Warehouse) -> Path | None:
    """The folder of a user's own rules; None where there is none."""
    rules = warehouse.rules
    if rules.is_dir():
        return rules.absolute()
    if OWN_RULES in os.environ:
        raise UsageError(f"--rules {rules}: there is no such folder; make it, or leave out --rules (and {OWN_RULES})")
    return None


def people_folder(warehouse: Warehouse) -> Path:
    """Where verdicts and corrections are written: a user's own rules, but in a repository that has none its seeds."""
    own, repository = own_rules(warehouse), checkout()
    if own is None and repository is not None:
        return repository / "seeds" / "people"
    folder = own or warehouse.rules.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for name in _PEOPLE:
        if not (folder / name).exists():
            shipped = (shipped_project() / "seeds" / "people" / name).read_text("utf-8")
            (folder / name).write_text(shipped.splitlines()[0] + "\n", "utf-8")
    return folder


def put_among(rules: Path, shipped: Path, project: Path) -> None:
    """Make `project` of what shipped and of a user's own rows, or bring it up to date. BrokenRules where a file of the
    user's is no seed; rows that are not as declared are for the check of all rules."""
    declared, _ = read_declarations(shipped)
    merged = _merged(rules, shipped, declared)
    wanted: dict[str, Path | str] = {name: shipped / name for name in _LINKED if (shipped / name).exists()}
    for path in sorted((shipped / "seeds").rglob("*")):
        if path.is_file():
            wanted[path.relative_to(shipped).as_posix()] = path
    wanted |= {each.file: each.text() for each in merged}
    wanted[_ORIGINS] = json.dumps({each.file: each.origins() for each in merged}, ensure_ascii=False)
    for path in sorted((project / "seeds").rglob("*")):
        if not path.is_dir() and path.relative_to(project).as_posix() not in wanted:
            path.unlink()
    for name, content in wanted.items():
        _put(project / name, content)


def told_where_they_lie(project: Path, problems: list[Problem]) -> list[Problem]:
    """Problems of rows that are a user's own, by the user's file and line."""
    origins_file = project / _ORIGINS
    if not origins_file.is_file():
        return problems
    origins = json.loads(origins_file.read_text("utf-8"))
    told = []
    for problem in problems:
        file, line = origins.get(problem.file, {}).get(str(problem.line), (problem.file, problem.line))
        told.append(replace(problem, file=file, line=line))
    return told


@dataclass(slots=True)
class _Row:
    """A row as it stands in the file that is made: its text, and the user's file and line where it is the user's."""

    text: str
    origin: tuple[str, int] | None = None


@dataclass(slots=True)
class _Merged:
    """A seed of shipped and own rows."""

    file: str
    header: str
    rows: list[_Row] = field(default_factory=list)

    def text(self) -> str:
        return "".join([self.header, *(row.text for row in self.rows)])

    def origins(self) -> dict[int, tuple[str, int]]:
        """The user's file and line by the line in this file: of whatever stands elsewhere than in the shipped one."""
        found = {}
        line = self.header.count("\n") + 1
        for row in self.rows:
            if row.origin:
                found[line] = row.origin
            line += row.text.count("\n")
        return found


def _merged(rules: Path, shipped: Path, declared: dict[str, Seed]) -> list[_Merged]:
    own: dict[str, list[SeedFile]] = {}
    problems: list[Problem] = []
    for path in sorted(rules.rglob("*.csv")):
        name = path.stem
        if name not in declared:
            what = f"there is no seed {shown(name)}: the name of the file says which rules its rows are"
            problems.append(Problem(str(path), 1, what, nearest=nearest(name, declared)))
            continue
        rows = read_seed(path, str(path), list(declared[name].types), in_part=True)
        problems += rows.problems
        own.setdefault(name, []).append(rows)
    if problems:
        raise BrokenRules(problems)
    return [_merge(shipped, declared[name], files) for name, files in own.items()]


def _merge(shipped: Path, seed: Seed, own: list[SeedFile]) -> _Merged:
    """Shipped rows in their places, a user's in the place of the row of the same key, or behind all."""
    path = shipped / seed.file
    base = read_seed(path, seed.file, list(seed.types))
    lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    lines[-1] = lines[-1].rstrip("\n") + "\n"
    merged = _Merged(seed.file, "".join(lines[: base.lines[0] - 1 if base.lines else len(lines)]))
    merged.rows = [_Row("".join(lines[start - 1 : end - 1])) for start, end in pairwise([*base.lines, len(lines) + 1])]
    keys = _key(seed)
    places = {_values(base.header, row, keys): place for place, row in enumerate(base.rows)}
    numbers = _Numbers(seed, keys, base, own)
    for file in own:
        for line, row in zip(file.lines, file.rows, strict=True):
            place = places.pop(_values(file.header, row, keys), None)
            given = dict(zip(file.header, row, strict=True))
            numbers.fill(given, None if place is None else base.rows[place])
            text = _as_csv([given.get(name, "") for name in base.header])
            if place is None:
                merged.rows.append(_Row(text, (file.file, line)))
            else:
                merged.rows[place] = _Row(text, (file.file, line))
    return merged


def _key(seed: Seed) -> list[str]:
    """The columns that tell rows apart: together where YAML says so, else the first that is no running number."""
    together = next((test.arguments["columns"] for test in seed.tests if test.kind == "unique_together"), None)
    if together:
        return list(together)
    alone = [test.column for test in seed.tests if test.kind == "unique"]
    named = [column for column in alone if seed.types[column] != "integer"]
    return (named or alone)[:1]


def _values(header: list[str], row: list[str], columns: list[str]) -> tuple[str, ...]:
    given = dict(zip(header, row, strict=True))
    return tuple(given.get(column, "") for column in columns)


class _Numbers:
    """Running numbers (rule_no, rule_order) that a user may leave empty: that of the row replaced, or the next free."""

    def __init__(self, seed: Seed, keys: list[str], base: SeedFile, own: list[SeedFile]) -> None:
        self.header = base.header
        self.next: dict[str, int] = {}
        for test in seed.tests:
            if test.kind == "unique" and seed.types[test.column] == "integer" and test.column not in keys:
                self.next[test.column] = 1 + max(_numbers([base, *own], test.column), default=0)

    def fill(self, row: dict[str, str], replaced: list[str] | None) -> None:
        for column in self.next:
            if row.get(column):
                continue
            if replaced is not None:
                row[column] = replaced[self.header.index(column)]
            else:
                row[column] = str(self.next[column])
                self.next[column] += 1


def _numbers(files: list[SeedFile], column: str) -> Iterator[int]:
    for file in files:
        if column in file.header:
            yield from (int(value) for value in file.column(column) if value.lstrip("-").isdecimal())


def _as_csv(fields: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(fields)
    return line.getvalue()


def _put(path: Path, content: Path | str) -> None:
    """Have a link to a path, or a file of a text, under a name; what stands there already is exchanged at once."""
    if isinstance(content, Path):
        if path.is_symlink() and path.readlink() == content:
            return
    elif path.is_file() and not path.is_symlink() and path.read_text("utf-8") == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    if isinstance(content, Path):
        aside.symlink_to(content)
    else:
        aside.write_text(content, "utf-8")
    aside.replace(path)
