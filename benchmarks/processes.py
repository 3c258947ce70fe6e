"""Commands in processes of their own: how long they take, by the clock and of CPU, and what memory they hold."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, seconds of CPU of the process and all below it, and MiB: the most that the process itself,
    and the most that any below it, ever held."""

    seconds: float
    cpu: float
    memory: float = 0.0
    memory_below: float = 0.0


def middle(costs: list[Cost]) -> Cost:
    """The median of each."""
    return Cost(
        median(cost.seconds for cost in costs),
        median(cost.cpu for cost in costs),
        median(cost.memory for cost in costs),
        median(cost.memory_below for cost in costs),
    )


def together(costs: list[Cost]) -> Cost:
    """The time of all, one after another, and the most memory of any."""
    return Cost(
        sum(cost.seconds for cost in costs),
        sum(cost.cpu for cost in costs),
        max(cost.memory for cost in costs),
        max(cost.memory_below for cost in costs),
    )


def gongkai(warehouse: Path, *arguments: str | Path, project: Path = ROOT) -> Cost:
    """Run the command line by the rules of a project. SystemExit where it fails."""
    before = os.times()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "gongkai.cli", *map(str, arguments)],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "GONGKAI_WAREHOUSE": str(warehouse)},
        stdout=subprocess.DEVNULL,
    )
    peaks = _Peaks(process.pid)
    peaks.start()
    if process.wait() != 0:
        raise SystemExit(f"gongkai {' '.join(map(str, arguments))} failed")
    seconds = time.perf_counter() - started
    peaks.done.set()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(seconds, cpu, peaks.first, peaks.others)


class _Peaks(threading.Thread):
    """Watches a process and those below it: the most memory that the first and any other one ever held."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.first = self.others = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.1):
            below = self._below(self.pid)
            self.first = max(self.first, self._held(self.pid))
            self.others = max([self.others, *map(self._held, below)])

    def _below(self, pid: int) -> list[int]:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return []
        return [found for child in map(int, children) for found in (child, *self._below(child))]

    @staticmethod
    def _held(pid: int) -> float:
        """VmHWM: the most that the process ever held."""
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            return 0.0
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
