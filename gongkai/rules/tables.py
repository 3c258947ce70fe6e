"""Seeds in DuckDB, loaded as dbt loads them, so that expressions and types are judged by the engine that uses them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from gongkai.rules.declarations import Seed
from gongkai.rules.problems import shown
from gongkai.rules.seed_files import SeedFile
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import literal, quoted

_LINE_OF_ERROR = re.compile(r"CSV Error on Line: (\d+)")
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
_WHOLE_TYPES = {"integer", "int", "bigint", "smallint"}


class Tables:
    """A DuckDB in memory with a table a seed (schema `seeds`), each with the number of its row as `row_index`."""

    def __init__(self, project: Path) -> None:
        self.project = project
        # Single-threaded: the tables are small, and a second thread compiles each pattern a second time.
        self.connection = duckdb.connect(config=SETTINGS | {"threads": 1})
        self.connection.execute("create schema as_text; create schema seeds")

    def load(self, declared: Seed, seed: SeedFile) -> None:
        """Load a seed whose file is whole, by the statement that dbt-duckdb uses. Values that are not of their type
        become problems and are NULL in the table."""
        columns = ", ".join(f"{quoted(name)} varchar" for name in seed.header)
        self.connection.execute(f"create table as_text.{quoted(declared.name)} ({columns})")
        try:
            self.connection.execute(
                f"copy as_text.{quoted(declared.name)} from {literal(self.project / declared.file)}"
                " (format csv, header true, delimiter ',')"
            )
        except duckdb.Error as error:
            found = _LINE_OF_ERROR.search(str(error))
            line = int(found.group(1)) if found else 1
            seed.add(line, f"DuckDB cannot read the file: {str(error).splitlines()[0]}")
            return
        loaded = self._rows(f"select * from as_text.{quoted(declared.name)}")  # noqa: S608 - a seed of the project
        for line, row, values in zip(seed.lines, seed.rows, loaded, strict=False):
            if [value or "" for value in values] != row:
                seed.add(line, "DuckDB, which loads the file for dbt, reads other fields here; put quotes round them")
                return
        if len(loaded) != len(seed.rows):
            seed.add(seed.lines[-1] if seed.lines else 1, f"DuckDB reads {len(loaded)} rows, not {len(seed.rows)}")
            return
        self._check_types(declared, seed)
        typed = ", ".join(
            f"try_cast({quoted(name)} as {declared.types[name]}) as {quoted(name)}" for name in seed.header
        )
        self.connection.execute(
            f"create table seeds.{quoted(declared.name)} as"  # noqa: S608
            f" select rowid as row_index, {typed} from as_text.{quoted(declared.name)}"
        )

    def _check_types(self, declared: Seed, seed: SeedFile) -> None:
        for name in seed.header:
            kind = declared.types[name].lower()
            if kind == "varchar":
                continue
            untyped = self._rows(
                f"select rowid from as_text.{quoted(declared.name)}"  # noqa: S608
                f" where {quoted(name)} is not null and try_cast({quoted(name)} as {kind}) is null"
            )
            wrong = {index for (index,) in untyped}
            if kind in _WHOLE_TYPES:  # DuckDB would round 1.5
                values = enumerate(seed.column(name))
                wrong |= {index for index, value in values if value and not _WHOLE_NUMBER.fullmatch(value)}
            for index in sorted(wrong):
                value = seed.column(name)[index]
                seed.add(seed.lines[index], f"{name} {shown(value)} is no {kind}", column=name, value=value)

    def where(self, name: str, condition: str) -> set[int]:
        """The rows of a seed in which a condition (SQL) holds."""
        rows = self._rows(f"select row_index from seeds.{quoted(name)} where {condition}")  # noqa: S608
        return {index for (index,) in rows}

    def without(self, name: str, condition: str) -> set[int]:
        """The rows in which a condition is false; where it is NULL it holds."""
        return self.where(name, f"not ({condition})")

    def why_no_pattern(self, pattern: str) -> str:
        """What RE2 says against a pattern; empty where it takes it."""
        try:
            self.connection.execute("select regexp_matches('', ?)", [pattern])
        except duckdb.Error as error:
            return str(error).splitlines()[0].removeprefix("Invalid Input Error: ")
        return ""

    def first_match(self, text: str, patterns: list[str]) -> int | None:
        """Which of the patterns is the first to match the text; one that is no pattern matches nothing."""
        row = self.connection.execute(
            "select list_position(list_transform(?::varchar[], lambda each: try(regexp_matches(?, each))), true)",
            [patterns, text],
        ).fetchone()
        return row[0] - 1 if row and row[0] else None

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()
