"""`make bench`: what N mixed reports cost, by format, against the baseline, and to build cold and warm."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from benchmarks.baseline import BASELINES, documents_per_second, times_as_fast
from benchmarks.generate import FORMATS, generate

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "benchmarks" / "work"
NEW_REPORTS = 10
BARS = {"pdf": 3.0, "docx": 20.0}
WARM_BAR = 0.25
CHECKS = (
    *("int_check_terms+", "int_check_indicators+", "int_form_cells_asked+", "int_percentages+", "int_checks_text+"),
    *("int_checks_sections+", "int_checks_labels+", "int_checks_report+", "int_text_signatures+"),
    *("int_metric_terms+", "int_series_terms+", "report_overlaps+", "coverage", "report_changes"),
)
"""What dbt selects for the step after the observations: checks, metrics, series, versions and coverage."""


@dataclass
class Measured:
    """All figures of a run; seconds by the wall clock, memory in MiB."""

    reports: int
    load: float = 0.0
    per_second: dict[str, float] = field(default_factory=dict)
    baseline: dict[str, float] = field(default_factory=dict)
    reader_alone: dict[str, float] = field(default_factory=dict)
    build: dict[str, float] = field(default_factory=dict)
    build_cpu: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


class Peaks(threading.Thread):
    """Watches a process and those below it: the most memory that the first and any other one ever held."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.parent = self.workers = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.1):
            below = self._below(self.pid)
            self.parent = max(self.parent, self._held(self.pid))
            self.workers = max([self.workers, *map(self._held, below)])

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


def gongkai(warehouse: Path, *arguments: str) -> tuple[float, float, Peaks]:
    """Run the command line: seconds, seconds of CPU, and the memory held."""
    before = os.times()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "gongkai.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "GONGKAI_WAREHOUSE": str(warehouse)},
        stdout=subprocess.DEVNULL,
    )
    peaks = Peaks(process.pid)
    peaks.start()
    if process.wait() != 0:
        raise SystemExit(f"gongkai {' '.join(arguments)} failed")
    seconds = time.perf_counter() - started
    peaks.done.set()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, cpu, peaks


def checks_alone(warehouse: Path) -> tuple[float, float]:
    """Make every check and metric of all reports anew on what is built: seconds, seconds of CPU."""
    before = os.times()
    started = time.perf_counter()
    subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "run", "--quiet", "--full-refresh", "--select", *CHECKS],
        cwd=ROOT,
        env={**os.environ, "GONGKAI_WAREHOUSE": str(warehouse)},
        check=True,
    )
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - started, cpu


def measure(reports: int, formats: tuple[str, ...], baseline_files: int, seed: int) -> Measured:
    """Generate (where not there yet), ingest by format, build, and read some of the files the naive way."""
    folder = WORK / f"reports-{reports}-{'-'.join(formats)}"
    generate(folder, reports, seed=seed, formats=formats)
    fresh = WORK / "new"
    shutil.rmtree(fresh, ignore_errors=True)
    generate(fresh, NEW_REPORTS, seed=seed + 1, formats=formats)
    warehouse = WORK / "warehouse" / "gongkai.duckdb"
    shutil.rmtree(warehouse.parent, ignore_errors=True)
    measured = Measured(reports, load=os.getloadavg()[0])
    held = {"ingest, parent": 0.0, "ingest, worker": 0.0}
    for name in formats:
        _, _, peaks = gongkai(warehouse, "ingest", str(folder / name))
        held["ingest, parent"] = max(held["ingest, parent"], peaks.parent)
        held["ingest, worker"] = max(held["ingest, worker"], peaks.workers)
        measured.per_second[name] = last_rate(warehouse)
    for name in set(formats) & set(BASELINES):
        files = sorted((folder / name).iterdir())
        chosen = random.Random(seed).sample(files, min(baseline_files, len(files)))
        measured.baseline[name] = documents_per_second(name, chosen)
        measured.reader_alone[name] = times_as_fast(name, chosen)
    for label, before in (("cold", None), ("ten new", fresh), ("nothing new", None)):
        if before is not None:
            gongkai(warehouse, "ingest", str(before))
        measured.build[label], measured.build_cpu[label], peaks = gongkai(warehouse, "build")
        held[f"build, {label}"] = peaks.parent
    measured.build["checks alone"], measured.build_cpu["checks alone"] = checks_alone(warehouse)
    measured.memory = held
    return measured


def last_rate(warehouse: Path) -> float:
    """Documents a second of the last ingest, by its own clock (without the start of Python)."""
    with duckdb.connect(str(warehouse.with_suffix(".work.duckdb")), read_only=True) as connection:
        landed, seconds = connection.sql(
            "select landed_count, duration_seconds from raw.ingest_runs order by started_at desc limit 1"
        ).fetchall()[0]
    return float(landed) / float(seconds)


def tell(measured: Measured) -> None:
    """Print the figures, and the bars beside those that have one."""
    print(f"{measured.reports} reports, {os.cpu_count()} cores, load {measured.load:.1f} at the start")
    for name, rate in measured.per_second.items():
        line = f"  ingest {name:<5}{rate:9.1f} documents/s"
        if name in measured.baseline:
            ratio = rate / measured.baseline[name]
            line += f", baseline {measured.baseline[name]:.1f}: {ratio:.1f} times (bar {BARS[name]:.0f})"
        print(line)
    for name, times in measured.reader_alone.items():
        print(f"  reader {name:<5}{times:9.1f} times as fast as the baseline, in CPU time of one process")
    cold = measured.build["cold"]
    for label, seconds in measured.build.items():
        line = f"  build {label:<12}{seconds:8.1f} s, {measured.build_cpu[label]:.1f} s of CPU"
        if label == "ten new":
            line += f": {seconds / cold:.2f} of the cold one (bar {WARM_BAR} at 10,000 reports)"
        print(line)
    for label, held in measured.memory.items():
        print(f"  memory {label:<19}{held:7.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--formats", default=",".join(FORMATS), help="apart by commas")
    parser.add_argument("--baseline-files", type=int, default=40, help="files that the baseline reads of each format")
    parser.add_argument("--seed", type=int, default=20)
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    formats = tuple(arguments.formats.split(","))
    measured = measure(arguments.reports, formats, arguments.baseline_files, arguments.seed)
    tell(measured)
    (WORK / "last.json").write_text(json.dumps(asdict(measured), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
