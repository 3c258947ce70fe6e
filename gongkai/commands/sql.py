"""`gongkai sql`: queries to the published warehouse, without another program."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Annotated

import duckdb
import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, err, safe, say
from gongkai.querying import Format, answer, described, open_for_queries
from ingest.errors import GongkaiError

Query = Annotated[
    str | None,
    typer.Argument(
        help="SQL (of DuckDB); without it a prompt, or what comes by a pipe.", show_default=False, metavar="[QUERY]"
    ),
]
As = Annotated[Format, typer.Option("--format", help="How answers are written.")]
Rows = Annotated[
    int, typer.Option("--rows", min=0, help="Rows of a table that are shown; 0 for all. csv and json have all.")
]

_HELP = """\
SQL, ended by a semicolon; marts go by their names: select year, count(*) from dim_report group by all;
.tables         the marts, and what a row of each is
.columns TABLE  the columns of a table, and what they mean
.quit           ends (as Ctrl-D does)"""


def sql(
    query: Query = None,
    form: As = Format.table,
    rows: Rows = 200,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    debug: Debug = False,
) -> None:
    """Ask the published warehouse by SQL: one query, or a prompt. It reads, and touches nothing else."""
    with open_for_queries(warehouse) as connection:
        if query is not None:
            answer(connection, query, form, rows)
        elif sys.stdin.isatty():
            say(f"{warehouse}, read only; .help for help")
            _prompt(connection, form, rows)
        else:
            answer(connection, sys.stdin.read(), form, rows)


def _prompt(connection: duckdb.DuckDBPyConnection, form: Format, rows: int) -> None:
    """Read statements until the end; what is wrong with one is told, and the next asked for."""
    with suppress(ImportError):
        import readline  # noqa: F401 - what is typed can be edited and called back
    typed = ""
    while True:
        try:
            line = input("   ...> " if typed else "gongkai> ")
        except EOFError:
            say("")
            return
        if not typed and line.strip().startswith("."):
            if not _obeyed(connection, line.split()):
                return
            continue
        typed += line + "\n"
        if not typed.rstrip().endswith(";"):
            typed = typed if typed.strip() else ""
            continue
        try:
            answer(connection, typed, form, rows)
        except GongkaiError as error:
            err.print(safe(error), markup=False)
        typed = ""


def _obeyed(connection: duckdb.DuckDBPyConnection, words: list[str]) -> bool:
    """Do what a line with a dot says; False where that is to end."""
    match words:
        case [".quit" | ".exit"]:
            return False
        case [".tables"] | [".columns", _]:
            try:
                pairs = list(described(connection, words[1] if len(words) > 1 else None))
            except GongkaiError as error:
                err.print(safe(error), markup=False)
                return True
            width = max(len(name) for name, _ in pairs)
            for name, text in pairs:
                say(f"{name:<{width}}  {' '.join(text.split())}")
        case _:
            for line in _HELP.splitlines():
                say(line)
    return True
