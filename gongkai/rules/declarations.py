"""What the YAML beside the seeds declares of them: columns with their types, data tests, and who reads the examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gongkai.rules.problems import Problem

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C, which takes a tenth of the time; wheels of all usual platforms bring it."""
_REF = re.compile(r"""^\s*ref\(\s*['"](\w+)['"]\s*\)\s*$""")


@dataclass(frozen=True, slots=True)
class DataTest:
    """A dbt data test of a seed: its kind, its column (empty for tests of the whole seed), arguments and condition."""

    kind: str
    column: str
    arguments: dict[str, Any]
    where: str = ""

    def seed_of(self, argument: str) -> str:
        """The seed that an argument such as `to: ref('indicators')` names."""
        return referred(self.arguments[argument])

    def stands_on(self) -> set[str]:
        """The seeds that it looks at, beside its own."""
        return {name for value in self.arguments.values() if isinstance(value, str) and (name := referred(value))}


@dataclass(frozen=True, slots=True)
class ReadBy:
    """`meta: read_by` of a column of examples: the model that reads them, what must hold (SQL) between a row that it
    found in the example (`found`) and the row of the seed (`rule`), and what is told of `found` where nothing does."""

    column: str
    model: str
    holds: str
    tells: str


@dataclass(slots=True)
class Seed:
    """A seed as its YAML declares it. `file` and `yaml_file` are relative to the project."""

    name: str
    file: str
    yaml_file: str
    yaml_line: int
    types: dict[str, str]
    tests: list[DataTest] = field(default_factory=list)
    read_by: list[ReadBy] = field(default_factory=list)


def referred(text: str) -> str:
    """The name in `ref('name')`; empty where the text is no reference."""
    found = _REF.match(text)
    return found.group(1) if found else ""


def read_declarations(project: Path) -> tuple[dict[str, Seed], list[Problem]]:
    """All seeds by name, as they are declared; and seeds without a file or a declaration, YAML that cannot be read."""
    seeds: dict[str, Seed] = {}
    problems = []
    for path in sorted((project / "seeds").rglob("*.yml")):
        yaml_file = path.relative_to(project).as_posix()
        try:
            text = path.read_text("utf-8")
            content = yaml.load(text, _LOADER) or {}  # noqa: S506 - a safe loader
            for declared in content.get("seeds") or []:
                seeds[declared["name"]] = _seed(yaml_file, _line_of(text, declared["name"]), declared)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            problems.append(Problem(yaml_file, line, f"no YAML: {getattr(error, 'problem', None) or error}"))
        except (KeyError, TypeError, AttributeError) as error:
            problems.append(Problem(yaml_file, 1, f"not as dbt wants seeds declared: {error}"))
    files = {path.stem: path.relative_to(project).as_posix() for path in sorted((project / "seeds").rglob("*.csv"))}
    if not problems:
        problems += [
            Problem(file, 1, "no YAML in its folder declares this seed")
            for name, file in files.items()
            if name not in seeds
        ]
    for name in [name for name in seeds if name not in files]:
        seed = seeds[name]
        problems.append(
            Problem(seed.yaml_file, seed.yaml_line, f"the seed {name} is declared, but there is no {name}.csv")
        )
        del seeds[name]
    for name, seed in seeds.items():
        seed.file = files[name]
    return seeds, problems


def _line_of(text: str, name: str) -> int:
    """The line of the YAML on which a seed is named."""
    found = re.search(rf"^\s*- name:\s*{re.escape(name)}\s*$", text, re.MULTILINE)
    return text.count("\n", 0, found.start(0)) + 1 if found else 1


def _seed(yaml_file: str, yaml_line: int, declared: dict[str, Any]) -> Seed:
    types = {column: str(kind) for column, kind in declared["config"]["column_types"].items()}
    seed = Seed(declared["name"], "", yaml_file, yaml_line, types)
    seed.tests += _tests("", declared)
    for column in declared.get("columns") or []:
        seed.tests += _tests(column["name"], column)
        read_by = ((column.get("config") or {}).get("meta") or {}).get("read_by")
        if read_by:
            seed.read_by.append(ReadBy(column["name"], read_by["model"], read_by["holds"], read_by["tells"]))
    return seed


def _tests(column: str, declared: dict[str, Any]) -> Iterator[DataTest]:
    for test in declared.get("data_tests") or []:
        if isinstance(test, str):
            yield DataTest(test, column, {})
            continue
        # dbt takes the kind as the only key, or as the first of several keys that stand side by side.
        kind, options = next(iter(test.items()))
        options = {**(options or {}), **{key: value for key, value in test.items() if key != kind}}
        where = (options.get("config") or {}).get("where", "")
        yield DataTest(kind, column, options.get("arguments") or {}, where)
