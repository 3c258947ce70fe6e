"""What all commands share: options, safe printing, and errors as one line."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from gongkai import interrupts
from gongkai.warehouse import OWN_RULES, Warehouse
from ingest.errors import GongkaiError

DEFAULT_WAREHOUSE = Warehouse(Path("warehouse/gongkai.duckdb"))

WarehouseOption = Annotated[
    Warehouse,
    typer.Option(
        "--warehouse",
        envvar="GONGKAI_WAREHOUSE",
        help="The published warehouse (a DuckDB file).",
        metavar="<path>",
        parser=lambda path: Warehouse(Path(str(path))),
    ),
]
"""The option `--warehouse FILE` of every command; give it the default `DEFAULT_WAREHOUSE`."""


def _set_rules(folder: Path | None) -> Path | None:
    if folder is not None:
        os.environ[OWN_RULES] = str(folder.absolute())  # for processes that this one starts, too
    return folder


RulesOption = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        envvar=OWN_RULES,
        callback=_set_rules,
        help="A folder of rules of your own: csv files named as the seeds, whose rows add to those that ship or take "
        "the place of those with the same key. By default the folder .rules beside the warehouse, where it is there.",
        show_default=False,
    ),
]
"""The option `--rules DIR` of the commands that go by rules; its effect is in `gongkai.rules.own`."""

_debug = False


def _set_debug(value: bool) -> None:
    global _debug
    _debug = _debug or value


Debug = Annotated[
    bool,
    typer.Option("--debug", callback=_set_debug, is_eager=True, envvar="GONGKAI_DEBUG", help="Show tracebacks."),
]
"""The option `--debug` of every command; its effect is in `run_cli`."""

out = Console(highlight=False, soft_wrap=True)
"""For results. Text from files goes through `safe` first, and is printed with `markup=False`."""
err = Console(stderr=True, highlight=False, soft_wrap=True)
"""For progress and errors."""


_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def safe(text: object) -> str:
    """Text fit for a terminal: control, format and line-breaking characters are shown as escapes, so none acts."""
    return "".join(
        character
        if unicodedata.category(character) not in _UNSAFE
        else character.encode("unicode_escape").decode("ascii")
        for character in str(text)
    )


def say(text: str) -> None:
    """Print a line of results, as it is; with --json on stderr, as stdout belongs to the machine then."""
    (err if _for_machines else out).print(safe(text), markup=False)


_for_machines = False


def for_machines() -> bool:
    """Whether --json was given."""
    return _for_machines


def _set_json(value: bool) -> bool:
    global _for_machines
    _for_machines = value
    return value


AsJson = Annotated[
    bool,
    typer.Option("--json", callback=_set_json, is_eager=True, help="JSON on stdout, for machines; all else on stderr."),
]
"""The option `--json`: `say` keeps off stdout then, and `tell_json` writes what the command found."""


def tell_json(content: object) -> None:
    """Print what a command found as one JSON value. Figures are numbers, dates and times as of ISO 8601."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=1, default=plain))


def plain(value: object) -> object:
    """A value that JSON does not know, as one that it does."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def run_cli(app: Callable[..., object]) -> None:
    """Run the typer app; every failure is one line on stderr and the exit status 1 (failed) or 2 (wrong usage).

    Where a signal ended it, the status is the signal's, whatever a library made of the exception on its way.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = app(args=sys.argv[1:] or ["--help"], standalone_mode=False)
    except BaseException as error:
        _fail_if_stopped()
        if not isinstance(error, Exception):
            raise
        _fail_for(error)
    _fail_if_stopped()
    if status == interrupts.exit_status(signal.SIGINT):  # what typer makes of an interrupt that was no signal
        _fail(interrupts.STOPPED, interrupts.exit_status(signal.SIGINT))
    sys.exit(status if isinstance(status, int) else 0)


def _fail_if_stopped() -> None:
    number = interrupts.heard()
    if number is not None:
        _fail(interrupts.STOPPED, interrupts.exit_status(number))


def _fail_for(error: Exception) -> NoReturn:
    """End with the line that tells of an error."""
    if isinstance(error, GongkaiError):
        _fail(str(error), error.exit_code)
    if isinstance(error, BrokenPipeError):
        # the reader of our output is gone (as with `| head`); Python would complain again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    if hasattr(error, "format_message"):
        _fail(f"{error.format_message().replace(': Value error, ', ': ')} (see gongkai --help)", 2)
    _fail(f"{type(error).__name__}: {error} (run again with --debug for the traceback)", 1)


def _fail(message: str, exit_code: int) -> NoReturn:
    if _debug:
        traceback.print_exc()
    # Where Ctrl-C fell into an `exec` of source text (as dataclasses are made), Python notes that it has to end by the
    # signal itself, whatever the exit status; any other `exec` clears the note.
    exec("")  # noqa: S102
    print(f"gongkai: {safe(' '.join(message.split()))}", file=sys.stderr)
    sys.exit(exit_code)
