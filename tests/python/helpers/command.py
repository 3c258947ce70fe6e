"""Where the project is, and its command line in a process of its own."""

from __future__ import annotations

import gc
import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

from gongkai import following
from helpers.processes import PATIENCE
from ingest import shipped

ROOT = Path(__file__).resolve().parents[3]

Gongkai = Callable[..., "subprocess.CompletedProcess[str]"]

WITHOUT_LOG = ("--log-level-file", "none")
"""For dbt, whose log has a line for every event and statement, which nobody reads here."""


def gongkai_environment(published: Path | None = None) -> dict[str, str]:
    """The environment in which this checkout's own package runs, on the warehouse given."""
    ours = ("GONGKAI_WAREHOUSE", "GONGKAI_RULES", "GONGKAI_PROJECT", "DBT_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    if published is not None:
        environment["GONGKAI_WAREHOUSE"] = str(published)
    return environment


def run_gongkai(
    *arguments: str | Path, published: Path | None = None, cwd: Path = ROOT, project: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run `gongkai` in a process of its own and give back its status and what it printed.

    The process is forked from one that has imported the command, and dbt, and done nothing else: to import them takes
    most of the time of most commands. `project`: a copy of the project (project.py), by whose rules it goes.
    """
    environment = gongkai_environment(published) | {"PYTHONPATH": str(project)}
    return run_forked(_be_gongkai, list(map(str, arguments)), environment=environment, cwd=cwd, project=project)


def run_dbt(
    *arguments: str, target: Path, published: Path | None = None, project: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run `dbt` in a process of its own, forked likewise, beside the published file (or the target folder).

    dbt parses a whole project in 10 s, but with what it left of another time in `target` only what changed, so long as
    the warehouse has the same name: that of the file alone, then.
    """
    published = published or target.with_name("w.duckdb")
    published.parent.mkdir(parents=True, exist_ok=True)
    given = [*arguments, "--project-dir", str(project), "--profiles-dir", str(project)]
    given += ["--target-path", str(target), "--log-path", str(target.with_name("logs")), *WITHOUT_LOG]
    environment = gongkai_environment() | {"GONGKAI_WAREHOUSE": published.name}
    return run_forked(_be_dbt, given, environment=environment, cwd=published.parent)


def run_forked(
    be: Callable[[list[str]], None], given: list[str], *, environment: dict[str, str], cwd: Path, project: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Call a function of a module in a process that is forked from one that has imported the command, and dbt."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "stdout"), Path(folder, "stderr")
        for each in said:
            each.touch()
        process = _server().Process(target=_be, args=(be, given, environment, cwd, project, said))
        process.start()
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(given, PATIENCE)
        printed, errors = (each.read_text("utf-8") for each in said)
        return subprocess.CompletedProcess(given, process.exitcode, printed, errors)


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["helpers.imported"])
    before = dict(os.environ)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "python")])
    try:
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return context


def _be(
    be: Callable[[list[str]], None],
    given: list[str],
    environment: dict[str, str],
    cwd: Path,
    project: Path,
    said: tuple[Path, Path],
) -> None:
    """Be a new process of a project, with what it prints in two files."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for name, path in zip(("stdout", "stderr"), said, strict=True):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(descriptor, getattr(sys, name).fileno())
        setattr(sys, name, io.TextIOWrapper(os.fdopen(descriptor, "wb"), encoding="utf-8"))
    shipped._PACKAGES = project  # where the package lies: the copies of it are alike
    following.EVERY = PATIENCE  # what is said depends on no load of the machine
    be(given)


def _be_gongkai(given: list[str]) -> None:
    """What `python -m gongkai.cli` does."""
    sys.argv = ["gongkai", *given]
    from gongkai.console import err, out

    for console in (out, err):
        console.width = int(os.environ["COLUMNS"])
    from gongkai.cli import main

    main()


def _be_dbt(given: list[str]) -> None:
    """What `dbt` does, but that it looks for no garbage: a fourteenth of its time, as its graph stays until the end."""
    gc.disable()
    sys.argv = ["dbt", *given]
    from dbt.cli.main import cli

    cli()
