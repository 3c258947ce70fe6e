"""`gongkai explore`: the warehouse in a browser, every number beside its words."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from gongkai.commands.review import Author, SeedFolder
from gongkai.console import DEFAULT_WAREHOUSE, Debug, RulesOption, WarehouseOption, say
from gongkai.rules.own import people_folder

Port = Annotated[int, typer.Option(help="The port to serve on; a free one where it is 0.", min=0, max=65535)]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open the browser.")]


def explore(
    port: Port = 0,
    browser: Browser = True,
    by: Author = None,
    seeds: SeedFolder = None,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    rules: RulesOption = None,
    debug: Debug = False,
) -> None:
    """Explore the warehouse in a browser: find, compare, and follow every number to its words. Ctrl-C ends it."""
    # Imported here: the web server takes a moment that the other commands need not wait for.
    from gongkai.explore.judging import Judging
    from gongkai.explore.server import serve

    judging = Judging(seeds or people_folder(warehouse), by or getpass.getuser())
    serve(warehouse, judging, port=port, open_browser=browser, tell=say)
