"""Whether marts and rejects are the same in one process, in shards, out of a lake and on Ray, whatever is lost.

    .venv/bin/python scripts/same_on_machines.py SCRATCH PATH...

Runs over the files of PATH, one after the other: in one process; in four shards; with a lake, ended by SIGTERM while it
reads, and given again to another warehouse; on a cluster of three nodes of one core on this machine; there with a node
removed in the middle of reading and another in the middle of building; there ended by SIGTERM while it reads and by
SIGKILL while it builds, and given again. Prints what differs from the first, seconds of CPU and by the clock, and the
most memory that a node took; ends with 1 where anything differs. Needs the extra ray.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "python")]

from compare_marts import differences  # noqa: E402
from helpers.processes import children  # noqa: E402

from gongkai.warehouse import Warehouse  # noqa: E402

_PART_READ = 0.4
"""In the middle of reading the work file has this part of the size that reading ends with."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Nodes:
    """A cluster on this machine: a head that does no work, and three nodes of one core."""

    def __init__(self) -> None:
        os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(ROOT)}
        from ray.cluster_utils import Cluster

        began = time.monotonic()
        self.cluster = Cluster()
        self.cluster.add_node(num_cpus=0, include_dashboard=False)
        self.working: list[Any] = [self.cluster.add_node(num_cpus=1) for _ in range(3)]
        self.most_memory = 0
        os.environ["RAY_ADDRESS"] = self.cluster.address
        print(f"a head and three nodes after {time.monotonic() - began:.0f} s", flush=True)

    def lose(self) -> None:
        """A node, without a word of farewell."""
        self.cluster.remove_node(self.working.pop(0), allow_graceful=False)

    def refill(self) -> None:
        while len(self.working) < 3:
            self.working.append(self.cluster.add_node(num_cpus=1))

    def look(self) -> None:
        """Keep the most memory that any node takes, in bytes."""
        for node in self.working:
            started = [each.process.pid for kind in node.all_processes.values() for each in kind]
            taken = sum(memory_of(process) for top in started for process in family(top))
            self.most_memory = max(self.most_memory, taken)


def family(process: int) -> list[int]:
    """A process and all below it."""
    try:
        return [process, *(each for child in children(process) for each in family(child))]
    except (FileNotFoundError, ProcessLookupError):
        return []


def memory_of(process: int) -> int:
    """Bytes of memory, what is shared with others in parts."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def cpu() -> float:
    """Seconds of CPU of all processes below this one, those that have ended too."""
    fields = []
    for process in family(os.getpid()):
        try:
            fields.append(Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return sum(int(ticks) for each in fields for ticks in each[11:15]) / _TICKS


class Middle:
    """Tells when a command is in the middle of reading, or of building in shards."""

    raw_size = 0
    """Bytes of the work file when all was read, as the first run had it."""

    def __init__(self, published: Path) -> None:
        self.warehouse = Warehouse(published)
        self.most_shares = 0

    def size(self) -> int:
        work = self.warehouse.work
        return sum(path.stat().st_size for path in (work, work.with_name(f"{work.name}.wal")) if path.exists())

    def reading(self) -> bool:
        return self.warehouse.temp_folder.exists() and self.size() > _PART_READ * Middle.raw_size

    def building(self) -> bool:
        left = len(list(self.warehouse.shards_folder.glob("documents/share=*")))
        self.most_shares = max(self.most_shares, left)
        return 0 < left < self.most_shares


Event = tuple[Callable[[Middle], bool], Callable[[subprocess.Popen[str]], None]]
"""When something is done to a command, and what."""


def run(
    paths: list[str], published: Path, *options: str, events: Iterator[Event], look: Callable[[], None] = lambda: None
) -> int:
    """Give the command, do to it what is to be done at its moments, and give back its exit status."""
    command = [sys.executable, "-m", "gongkai.cli", "run", *paths, *options, "--warehouse", str(published)]
    said = published.with_suffix(".said")
    with said.open("a") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, text=True)  # noqa: S603 - our own command
        middle, event = Middle(published), next(events, None)
        while process.poll() is None:
            if not options and middle.warehouse.temp_folder.exists():
                Middle.raw_size = max(Middle.raw_size, middle.size())
            if event and event[0](middle):
                event[1](process)
                event = next(events, None)
            look()
            time.sleep(0.05)
    if event:
        print(f"    nothing was done to it: it was never in the middle of {event[0].__name__}", flush=True)
    if process.returncode > 0 and process.returncode != 128 + signal.SIGTERM:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}: {said.read_text()[-2000:]}")
    return process.returncode


def rejected(published: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.execute(
            "select source_file, archive_member, reason_code from raw.rejects order by all"
        ).fetchall()


def send(number: signal.Signals) -> Callable[[subprocess.Popen[str]], None]:
    return lambda process: process.send_signal(number)


def main() -> None:
    """Run all ways and compare them with the first."""
    if len(sys.argv) < 3:
        sys.exit(str(__doc__))
    scratch, paths = Path(sys.argv[1]).absolute(), sys.argv[2:]
    scratch.mkdir(parents=True, exist_ok=True)
    first, different = scratch / "one.duckdb", False

    def way(
        title: str, name: str, *runs: tuple[list[str], list[Event]], look: Callable[[], None] = lambda: None
    ) -> None:
        nonlocal different
        published = scratch / f"{name}.duckdb"
        began, taken = time.monotonic(), cpu()
        statuses = [run(paths, published, *options, events=iter(events), look=look) for options, events in runs]
        seconds, taken = time.monotonic() - began, cpu() - taken
        ended = f", ended with {', '.join(map(str, statuses))}" if any(statuses) else ""
        lines = [] if published == first else list(differences(first, published))
        if rejected(published) != rejected(first):
            lines.append("rejects differ")
        different = different or bool(lines)
        found = "DIFFERENT" if lines else "the same"
        print(f"{title}: {found}; {taken:.0f} s of CPU, {seconds:.0f} s{ended}", flush=True)
        for line in lines[:20]:
            print(f"    {line}", flush=True)

    way("one process", "one", ([], []))
    way("four shards", "shards", (["--shards", "4"], []))
    lake = ["--lake", str(scratch / "lake")]
    ended = run(paths, scratch / "lost.duckdb", *lake, events=iter([(Middle.reading, send(signal.SIGTERM))]))
    print(f"with a lake: ended with {ended}", flush=True)
    way("the lake and another warehouse", "lake", (lake, []))
    nodes = Nodes()
    on_ray = ["--on", "ray", "--shards", "6"]
    way("three nodes", "ray", (on_ray, []), look=nodes.look)
    print(f"    the most memory of a node: {nodes.most_memory / 1e9:.2f} GB", flush=True)
    losing: list[Event] = [(moment, lambda process: nodes.lose()) for moment in (Middle.reading, Middle.building)]
    way("three nodes, two of them lost", "losing", (on_ray, losing))
    nodes.refill()
    killed = [(Middle.reading, send(signal.SIGTERM))], [(Middle.building, send(signal.SIGKILL))], []
    way("three nodes, and ended twice", "stopped", *((on_ray, events) for events in killed))
    nodes.cluster.shutdown()
    sys.exit(different)


if __name__ == "__main__":
    main()
