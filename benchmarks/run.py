"""`make bench`: what a first run costs, what one more file, a new label, N reports, and nothing new; kept as a file.

Every row has seconds by the clock and seconds of CPU: on a machine that does other things too, the second alone can be
compared. `--runs 3` takes the median of three. Beside the rows stand the models of the cold build that took more than
their share of time, against the last run that was kept of fewer reports.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.baseline import BASELINES, times_as_fast
from benchmarks.generate import FORMATS, generate
from benchmarks.processes import ROOT, Cost, gongkai, middle, together
from gongkai.building.artifacts import RUN_RESULTS, folder_of_artifacts
from gongkai.warehouse import Warehouse

sys.path.insert(0, str(ROOT / "tests" / "python"))

from helpers.project import compiled_of, copy_project

WORK = ROOT / "benchmarks" / "work"
RESULTS = ROOT / "benchmarks" / "results"
SAMPLES = ROOT / "samples" / "reports"
PACKAGES = ("gongkai-warehouse", "duckdb", "dbt-core", "dbt-duckdb", "pypdfium2", "pdfplumber", "lxml", "python-docx")
GOALS = {
    "first run, 1 file": 8.0,
    "first run, samples": 12.0,
    "one more file on samples": 4.0,
    "one new label, samples": 10.0,
    "nothing new on 10000": 2.0,
    "one more file on 10000": 10.0,
    "100 more files on 10000": 15.0,
    "ingest 10000": 35.0,
    "build 10000, cold": 80.0,
    "ingest and build 100000": 720.0,
}
"""Seconds by the clock on two idle cores."""
MOST_MEMORY = 6 * 1024
"""MiB that no process may take, however many reports there are."""


@dataclass
class Measured:
    """All figures of a run, with where and when they were measured."""

    reports: int
    measured_at: str
    commit: str
    machine: str
    load: list[float]
    versions: dict[str, str]
    costs: dict[str, Cost] = field(default_factory=dict)
    per_second: dict[str, float] = field(default_factory=dict)
    times_as_fast: dict[str, dict[str, float]] = field(default_factory=dict)
    observations_ms: float = 0.0
    megabytes: float = 0.0
    models: dict[str, float] = field(default_factory=dict)
    """Seconds that each model took in the cold build."""


def begin(reports: int) -> Measured:
    """What is known before anything is measured."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return Measured(
        reports,
        datetime.now(UTC).isoformat(timespec="seconds"),
        commit or "unknown",
        f"{os.cpu_count()} cores of {_processor()}, {memory:.0f} GiB",
        [round(os.getloadavg()[0], 1)],
        {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def small(folder: Path) -> dict[str, Cost]:
    """The first minute: one file, the samples, one more, one new label, and what dbt itself takes for the samples."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    one, few, project = folder / "one.duckdb", folder / "few.duckdb", folder / "project"
    copy_project(project)
    generate(folder / "new", 1, seed=21, formats=("html",))
    costs = {
        "first run, 1 file": gongkai(one, "run", sorted(SAMPLES.glob("*.html"))[0]),
        "first run, samples": gongkai(few, "run", SAMPLES, project=project),
        "one more file on samples": gongkai(few, "run", folder / "new", project=project),
    }
    _add_label(project / "seeds" / "forms" / "form_labels.csv")
    costs["one new label, samples"] = gongkai(few, "build", project=project)
    costs["dbt itself, samples"] = gongkai(few, "build", "--dbt", "--full-refresh", project=project)
    return costs


def _add_label(labels: Path) -> None:
    with labels.open(encoding="utf-8", newline="") as file:
        last = list(csv.reader(file))[-1]
    with labels.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow([last[0], "没有表用的名称", *last[2:]])


def large(measured: Measured, formats: tuple[str, ...], seed: int, *, files_compared: int) -> dict[str, Cost]:
    """N reports: read by format, built cold, then nothing new, one more and a hundred more."""
    count, folder = measured.reports, WORK / f"reports-{measured.reports}-{'-'.join(formats)}"
    generate(folder, count, seed=seed, formats=formats)
    generate(WORK / "new-1", 1, seed=seed + 1, formats=("html",))
    generate(WORK / "new-100", 100, seed=seed + 2, formats=formats)
    warehouse = WORK / "warehouse" / "gongkai.duckdb"
    shutil.rmtree(warehouse.parent, ignore_errors=True)
    parts = []
    for name in formats:
        parts.append(gongkai(warehouse, "ingest", folder / name))
        measured.per_second[name] = len(list((folder / name).iterdir())) / parts[-1].seconds
        files = sorted((folder / name).iterdir())
        chosen = random.Random(seed).sample(files, min(files_compared, len(files)))
        measured.times_as_fast[name] = times_as_fast(name, chosen)
    costs = {f"ingest {count}": together(parts), f"build {count}, cold": gongkai(warehouse, "build")}
    costs[f"ingest and build {count}"] = together(list(costs.values()))
    measured.models = seconds_of_models(warehouse)
    measured.observations_ms = observations_of_a_report(warehouse)
    measured.megabytes = warehouse.stat().st_size / 2**20
    costs[f"nothing new on {count}"] = gongkai(warehouse, "run", *(folder / name for name in formats))
    costs[f"one more file on {count}"] = gongkai(warehouse, "run", WORK / "new-1")
    costs[f"100 more files on {count}"] = gongkai(warehouse, "run", WORK / "new-100")
    return costs


def seconds_of_models(warehouse: Path) -> dict[str, float]:
    """How long each model took in the last build, by its own account."""
    told = json.loads((folder_of_artifacts(Warehouse(warehouse)) / RUN_RESULTS).read_text("utf-8"))
    return {
        each["unique_id"].rpartition(".")[2]: round(each["execution_time"], 3)
        for each in told["results"]
        if each["unique_id"].startswith("model.")
    }


def grown(measured: Measured) -> list[str]:
    """The models of a second and more that took over 1.2 times what they should, as told by the last run of fewer."""
    kept = [json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    fewer = [each for each in kept if each["reports"] < measured.reports and each.get("models")]
    if not fewer:
        return []
    last = max(fewer, key=lambda each: (each["reports"], each["measured_at"]))
    times = measured.reports / last["reports"]
    return [
        f"{name}: {seconds:.1f} s, {seconds / (last['models'][name] * times):.1f} times linear from {last['reports']}"
        for name, seconds in measured.models.items()
        if seconds >= 1 and last["models"].get(name) and seconds > 1.2 * times * last["models"][name]
    ]


def observations_of_a_report(warehouse: Path) -> float:
    """Milliseconds to look up all observations of one report, as the median of twenty."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        reports = connection.execute("select report_id from marts.dim_report using sample 20 (reservoir, 7)").fetchall()
        times = []
        for report in reports:
            started = time.perf_counter()
            connection.execute("select * from marts.observations where report_id = ?", report).fetchall()
            times.append(1000 * (time.perf_counter() - started))
    return median(times)


def take_medians(measured: Measured, runs: list[Measured]) -> None:
    """The median of each figure of the runs."""
    measured.costs = {name: middle([run.costs[name] for run in runs]) for name in runs[0].costs}
    measured.per_second = medians([run.per_second for run in runs])
    measured.times_as_fast = {
        name: medians([run.times_as_fast[name] for run in runs]) for name in runs[0].times_as_fast
    }
    measured.models = medians([run.models for run in runs])
    measured.observations_ms = median(run.observations_ms for run in runs)
    measured.megabytes = median(run.megabytes for run in runs)


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: round(median(run[name] for run in runs), 3) for name in runs[0]}


def last_of(reports: int) -> dict[str, Cost]:
    """The costs of the last run with as many reports that was kept."""
    kept = sorted(RESULTS.glob(f"*-{reports}.json"))
    return (
        {name: Cost(**cost) for name, cost in json.loads(kept[-1].read_text("utf-8"))["costs"].items()} if kept else {}
    )


def tell(measured: Measured, before: dict[str, Cost], say: Callable[[str], None] = print) -> None:
    """Print the figures, with those of the run before."""
    say(f"{measured.reports} reports, {measured.machine}, load {measured.load}, commit {measured.commit}")
    say(f"{'':34}{'clock':>9}{'goal':>7}{'CPU':>9}{'before':>9}{'MiB':>7}{'readers':>9}")
    for name, cost in measured.costs.items():
        goal = f"{GOALS[name]:.0f}" if name in GOALS else ""
        then = f"{before[name].cpu:.1f}" if name in before else ""
        line = (
            f"{name:34}{cost.seconds:9.1f}{goal:>7}{cost.cpu:9.1f}{then:>9}{cost.memory:7.0f}{cost.memory_below:9.0f}"
        )
        say(line)
    for name, rate in measured.per_second.items():
        times = measured.times_as_fast.get(name, {})
        ratios = [
            f"{times[other]:.2f} x {other}" if other in times else f"no {other}" for other in BASELINES.get(name, {})
        ]
        say(f"{name + ' a second':34}{rate:9.1f}{'350' if name != 'pdf' else '':>7}   {', '.join(ratios)}")
    say(f"{'observations of a report, ms':34}{measured.observations_ms:9.1f}{'5':>7}")
    say(f"{'published file, MiB':34}{measured.megabytes:9.1f}")
    most = max(max(cost.memory, cost.memory_below) for cost in measured.costs.values())
    say(f"{'most memory of a process, MiB':34}{most:9.0f}{MOST_MEMORY:7}")
    for line in grown(measured):
        say(f"grew: {line}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--formats", default=",".join(FORMATS), help="apart by commas")
    parser.add_argument("--files-compared", type=int, default=40, help="files of each format that others read too")
    parser.add_argument("--runs", type=int, default=1, help="how often all is measured, for the median")
    parser.add_argument("--seed", type=int, default=20)
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    compiled_of(ROOT)
    measured = begin(arguments.reports)
    formats = tuple(arguments.formats.split(","))
    runs = [replace(measured, per_second={}, times_as_fast={}) for _ in range(arguments.runs)]
    for run in runs:
        run.costs = small(WORK / "small")
        run.costs |= large(run, formats, arguments.seed, files_compared=arguments.files_compared)
    take_medians(measured, runs)
    measured.load.append(round(os.getloadavg()[0], 1))
    tell(measured, last_of(arguments.reports))
    RESULTS.mkdir(exist_ok=True)
    day = measured.measured_at.replace(":", "").partition("+")[0]
    kept = RESULTS / f"{day}-{measured.reports}.json"
    kept.write_text(json.dumps(asdict(measured), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"kept in {kept.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
