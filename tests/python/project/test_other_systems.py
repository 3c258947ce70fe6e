"""Nothing that only Linux has is called at import; what another system lacks is said in a line."""

from __future__ import annotations

import subprocess
import sys

from helpers.command import ROOT, gongkai_environment
from helpers.processes import PATIENCE

_AS_ON_MACOS = """
import ctypes, importlib, os, pkgutil, select, signal, sys
import asyncio, multiprocessing.connection, subprocess  # Python's own, as it is on the system that runs this
import altair, duckdb, marimo, polars, pyarrow, pypdfium2  # others', likewise

sys.platform = "darwin"
for module, names in {
    os: ("sched_getaffinity", "memfd_create", "posix_fadvise", "pidfd_open", "prlimit", "unshare", "setns"),
    select: ("epoll",),
    signal: ("sigtimedwait", "sigwaitinfo", "pidfd_send_signal"),
}.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
sys.modules["resource"] = None  # import resource fails
class NoLibrary:
    def __init__(self, *_, **__):
        raise OSError("prctl and unshare are Linux's")
ctypes.CDLL = NoLibrary  # gongkai and ingest ask no system library
"""

_IMPORT_ALL = """
import gongkai, ingest
for package in (gongkai, ingest):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if found.name not in ("gongkai.warehouse.dbt_plugin", "gongkai.building.by_dbt"):  # dbt's own
            importlib.import_module(found.name)
from ingest.sandbox import cut_network, data_bytes, die_with_parent, limit_cpu_of, limit_memory, not_limited
die_with_parent(os.getppid())
limit_memory(1 << 30)
limit_cpu_of(os.getpid(), 1)
assert not cut_network() and data_bytes() == 0
print(not_limited())
"""

_ON_WINDOWS = """
import sys
sys.platform = "win32"
import gongkai.cli
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=gongkai_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_all_modules_are_imported_where_linux_is_missing_and_what_is_missing_is_said() -> None:
    done = run(_AS_ON_MACOS + _IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    assert "no network namespace" in done.stdout and "its memory has no limit" in done.stdout


def test_on_windows_there_is_one_line_with_the_way_out() -> None:
    done = run(_ON_WINDOWS)
    assert done.returncode == 1
    assert done.stderr == (
        "gongkai: Windows is not supported; use it in WSL (wsl --install) or Docker, as the README says\n"
    )
