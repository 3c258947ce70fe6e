"""Where the project is, and its command line in a process of its own."""

from __future__ import annotations

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

from helpers.processes import PATIENCE

ROOT = Path(__file__).resolve().parents[3]

Gongkai = Callable[..., "subprocess.CompletedProcess[str]"]


def gongkai_environment(published: Path | None = None) -> dict[str, str]:
    """The environment in which this checkout's own package runs, on the warehouse given."""
    ours = ("GONGKAI_WAREHOUSE", "GONGKAI_RULES", "GONGKAI_PROJECT", "DBT_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    if published is not None:
        environment["GONGKAI_WAREHOUSE"] = str(published)
    return environment


def run_gongkai(
    *arguments: str | Path, published: Path | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run `gongkai` in a process of its own and give back its status and what it printed.

    The process is forked from one that has imported the command and done nothing else: to import it takes most of the
    time of most commands.
    """
    given = list(map(str, arguments))
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "stdout"), Path(folder, "stderr")
        for each in said:
            each.touch()
        process = _server().Process(target=_be_gongkai, args=(given, gongkai_environment(published), cwd, said))
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


def _be_gongkai(arguments: list[str], environment: dict[str, str], cwd: Path, said: tuple[Path, Path]) -> None:
    """What `python -m gongkai.cli` does, with what it prints in two files."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["gongkai", *arguments]
    for name, path in zip(("stdout", "stderr"), said, strict=True):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(descriptor, getattr(sys, name).fileno())
        setattr(sys, name, io.TextIOWrapper(os.fdopen(descriptor, "wb"), encoding="utf-8"))
    from gongkai.console import err, out

    for console in (out, err):
        console.width = int(environment["COLUMNS"])
    from gongkai.cli import main

    main()
