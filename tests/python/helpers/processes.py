"""Waiting for processes without judging the clock: by what they have done, and by the CPU time that they have had."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gongkai import interrupts

PATIENCE = 1_800
"""Seconds after which a test takes what it waits for as hanging. On a loaded machine nothing else comes near it."""

_TICKS = os.sysconf("SC_CLK_TCK")


def wait_until(is_so: Callable[[], object], what: str) -> None:
    """Look again and again; AssertionError with the words where it never is so."""
    last = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < last, f"waited for ever: {what}"
        time.sleep(0.01)


def _fields(process: int) -> list[str]:
    """What the system tells of a process behind its name: state first. None of it where there is no such process."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def is_alive(process: int) -> bool:
    return _fields(process)[:1] not in ([], ["Z"])


def cpu_seconds(process: int) -> float:
    """CPU time that a process itself has had, in seconds; also of one that has ended and was not waited for."""
    fields = _fields(process)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def children(process: int) -> list[int]:
    """Process ids of the children of a process."""
    found: list[str] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # where the thread has just ended
            found += (task / "children").read_text().split()
    return list(map(int, found))


def is_reader(process: int) -> bool:
    """Whether a process is one of those that read files: a server that forks commands for tests is a child too."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return b"ingest.worker" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def cpu_of_whole(process: subprocess.Popen[bytes]) -> float:
    """Let a process end by itself; the CPU time that it had, in seconds."""
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    used = cpu_seconds(process.pid)
    process.wait()
    return used


def kill_after(process: subprocess.Popen[bytes] | subprocess.Popen[str], seconds: float) -> None:
    """Kill a process once it has had so much CPU time, or let it be where it ends before."""
    wait_until(
        lambda: not is_alive(process.pid) or cpu_seconds(process.pid) >= seconds, f"{seconds} s of CPU of a process"
    )
    process.kill()
    process.communicate()


def hear_signals() -> None:
    """What ignores signals for the tests as a whole, as nohup does, is not what they are about."""
    for number in interrupts.SIGNALS:
        signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)
