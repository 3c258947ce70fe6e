"""The typer app of `gongkai`. Each command is a function in a module of `gongkai.commands`, registered here."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from gongkai.commands.build import build
from gongkai.commands.check import check
from gongkai.commands.doctor import doctor
from gongkai.commands.evaluate import evaluate
from gongkai.commands.explore import explore
from gongkai.commands.export import export
from gongkai.commands.forget import forget
from gongkai.commands.ingest import ingest
from gongkai.commands.metrics import metrics
from gongkai.commands.notebook import notebook
from gongkai.commands.rebuild import rebuild
from gongkai.commands.rejects import rejects
from gongkai.commands.review import review
from gongkai.commands.run import run
from gongkai.commands.show import show
from gongkai.commands.sql import sql
from gongkai.commands.status import status
from gongkai.commands.unread import unread
from gongkai.console import Debug, say

app = typer.Typer(
    name="gongkai",
    help="Turn Chinese government information disclosure annual reports (政府信息公开工作年度报告) into tables.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(value: bool) -> None:
    if value:
        say(f"gongkai {version('gongkai-warehouse')}")
        raise typer.Exit


@app.callback()
def _root(
    debug: Debug = False,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""


app.command()(ingest)
app.command()(build)
app.command()(run)
app.command()(rebuild)
app.command()(check)
app.command()(status)
app.command()(rejects)
app.command()(show)
app.command()(sql)
app.command()(explore)
app.command()(notebook)
app.command()(export)
app.command()(doctor)
app.command()(evaluate)
app.command()(metrics)
app.command()(review)
app.command()(forget)
app.command()(unread)
