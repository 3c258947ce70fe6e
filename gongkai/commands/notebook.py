"""`gongkai notebook`: the notebooks that ship, opened in a browser; or a copy of one to change."""

from __future__ import annotations

import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, say
from gongkai.warehouse.published import open_published
from ingest.errors import GongkaiError
from ingest.shipped import shipped_project


class Name(StrEnum):
    """The notebooks."""

    overview = "overview"
    analyst = "analyst"
    data_quality = "data_quality"


Which = Annotated[Name, typer.Argument(help="Which one.")]
Edit = Annotated[bool, typer.Option("--edit", help="Put a copy into this folder, where none is yet, and edit that.")]
Port = Annotated[int | None, typer.Option(help="The port to serve on.", min=1, max=65535, show_default="a free one")]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open the browser.")]


def notebook(
    name: Which = Name.overview,
    edit: Edit = False,
    port: Port = None,
    browser: Browser = True,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    debug: Debug = False,
) -> int:
    """Open a notebook on the warehouse: coverage, rates and series, or a beginning for an analysis of your own."""
    with open_published(warehouse):  # without one, a line here is better than a page that says so
        pass
    shipped = shipped_project() / "notebooks" / f"{name}.py"
    opened = _copied(shipped) if edit else shipped
    command = [sys.executable, "-m", "marimo"]
    command += ["-q"] if browser else []  # where no browser opens, its own lines say at which address it is
    command += ["edit" if edit else "run", str(opened), "--host", "127.0.0.1"]
    command += ["--port", str(port)] if port else []
    command += [] if browser else ["--headless"]
    say(f"{opened} on {warehouse}; Ctrl-C ends it")
    environment = os.environ | {"GONGKAI_WAREHOUSE": str(warehouse.absolute())}
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - ours


def _copied(shipped: Path) -> Path:
    """The copy in the current folder, which is left as it is where it is there already."""
    copy = Path.cwd() / shipped.name
    if copy != shipped and not copy.exists():
        try:
            copy.write_bytes(shipped.read_bytes())
        except OSError as error:
            raise GongkaiError(f"{copy} cannot be written ({error.strerror}); go to a folder of yours") from error
    return copy
