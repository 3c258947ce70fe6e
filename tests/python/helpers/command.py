"""Where the project is, and its command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
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
    """Run `gongkai` in a process of its own and give back its status and what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "gongkai.cli", *map(str, arguments)],
        cwd=cwd,
        env=gongkai_environment(published),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
