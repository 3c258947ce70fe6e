"""Shards built by processes of this machine, so many at once as it has cores, which share what a build may take."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import IO

from gongkai.building.compiled import Compiled
from gongkai.building.sharding import Shard
from gongkai.warehouse.settings import allowance
from ingest.cores import cores
from ingest.errors import GongkaiError
from ingest.shipped import python_path

_TRIES = 2
"""So often a shard is begun: a process may be ended for what others took of the machine."""


@dataclass(slots=True)
class _Working:
    """A process at a shard. Its output ends when it does."""

    shard: Shard
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    spill_folder: Path

    def end(self) -> None:
        """End it, and remove what it wrote aside."""
        with suppress(ProcessLookupError):  # where it has ended already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.output.close()
        shutil.rmtree(self.spill_folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class ShardProcesses:
    """Builds shards. `beside`: so many may be built on this machine at once, by whomever."""

    beside: int = 1

    def __call__(self, project: Path, compiled: Compiled, shards: list[Shard]) -> Iterator[Shard]:
        """Give each shard when it is done. GongkaiError where its process ended before, and the next one too."""
        there = cores()
        at_once = max(self.beside, min(there, len(shards)))
        waiting = deque((shard, 1) for shard in shards)
        working: dict[object, tuple[_Working, int]] = {}
        try:
            while waiting or working:
                while waiting and len(working) < min(at_once, there):
                    shard, tries = waiting.popleft()
                    started = self._start(project, compiled, shard, at_once=at_once, threads=max(1, there // at_once))
                    working[started.output.fileno()] = (started, tries)
                for ended in wait([one.output.fileno() for one, _ in working.values()]):
                    one, tries = working.pop(ended)
                    said = one.output.read().decode("utf-8", "replace").strip()
                    status = one.process.wait()
                    one.end()
                    if status == 0:
                        yield one.shard
                    elif tries < _TRIES:
                        waiting.append((one.shard, tries + 1))
                    else:
                        raise _failed(one.shard, len(shards), status, said)
        finally:
            for one, _ in working.values():
                one.end()

    def _start(self, project: Path, compiled: Compiled, shard: Shard, *, at_once: int, threads: int) -> _Working:
        allowed = allowance(shard.warehouse.spill_folder)
        spill_folder = allowed.folder / f"shard-{os.getpid()}-{shard.number}"
        spill_folder.mkdir(parents=True, exist_ok=True)
        rules = (project, compiled.file, compiled.fingerprint)
        arguments = (os.getpid(), *rules, shard.folder, shard.number, threads)
        process = subprocess.Popen(  # noqa: S603 - our own module, arguments of our own
            [sys.executable, "-P", "-m", "gongkai.building.shard", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                "PYTHONPATH": python_path(),
                "GONGKAI_MEMORY": share_of(allowed.memory, at_once),
                "GONGKAI_TEMP": str(spill_folder),
            },
            start_new_session=True,
        )
        assert process.stderr is not None
        return _Working(shard, process, process.stderr, spill_folder)


def share_of(memory: str, at_once: int) -> str:
    """An amount of memory, as DuckDB and `GONGKAI_MEMORY` have it, divided by so many."""
    return re.sub(r"^[0-9.]+", lambda number: f"{float(number[0]) / at_once:.3f}", memory)


def _failed(shard: Shard, of_all: int, status: int, said: str) -> GongkaiError:
    how = f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
    why = said.splitlines()[-1] if said else f"its process ended {how}"
    return GongkaiError(
        f"shard {shard.number} of {of_all} could not be built ({why}); what was built is kept: run the command again, "
        "with more --shards where memory was short"
    )
