"""What a build leaves for machines beside the warehouse: manifest.json and run_results.json, as of dbt, and a log."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

from gongkai.building.compiled import Compiled
from gongkai.building.outcome import Outcome, Result, now
from gongkai.warehouse import Warehouse

MANIFEST, RUN_RESULTS = "manifest.json", "run_results.json"
_SCHEMA = "https://schemas.getdbt.com/dbt/run-results/v6.json"
_LONGEST_LOG = 4 << 20
"""Bytes; a longer log is renamed to .1 before the next build writes."""


def folder_of_artifacts(warehouse: Warehouse) -> Path:
    """The folder that holds both files, as dbt's own target folder does (`--state`)."""
    return warehouse.scratch_folder / "target"


def log_of(warehouse: Warehouse) -> Path:
    return warehouse.scratch_folder / "logs" / "gongkai.log"


def write_artifacts(warehouse: Warehouse, compiled: Compiled, outcome: Outcome, *, began: datetime) -> None:
    """Write both files for a build by what dbt compiled: readers find the old or the new ones, never half a file."""
    folder = folder_of_artifacts(warehouse)
    folder.mkdir(parents=True, exist_ok=True)
    manifest = compiled.file.with_name(MANIFEST)
    if manifest.is_file() and not _is_same(manifest, folder / MANIFEST):
        aside = folder / f".{MANIFEST}.{os.getpid()}"
        shutil.copy2(manifest, aside)
        aside.replace(folder / MANIFEST)
    aside = folder / f".{RUN_RESULTS}.{os.getpid()}"
    aside.write_text(json.dumps(_run_results(compiled, outcome.results, began), ensure_ascii=False), "utf-8")
    aside.replace(folder / RUN_RESULTS)


def write_log(warehouse: Warehouse, lines: Iterable[str]) -> None:
    """Add lines, each with the time, to the log of builds."""
    log = log_of(warehouse)
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.is_file() and log.stat().st_size > _LONGEST_LOG:
        log.replace(log.with_name(f"{log.name}.1"))
    with log.open("a", encoding="utf-8") as file:
        file.writelines(f"{now():%Y-%m-%dT%H:%M:%SZ} {line}\n" for line in lines)


def _is_same(original: Path, copy: Path) -> bool:
    if not copy.is_file():
        return False
    one, other = original.stat(), copy.stat()
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _run_results(compiled: Compiled, results: list[Result], began: datetime) -> dict[str, object]:
    return {
        "metadata": {
            "dbt_schema_version": _SCHEMA,
            "dbt_version": version("dbt-core"),
            "generated_at": _time(now()),
            "invocation_id": str(uuid4()),
            "invocation_started_at": _time(began),
            "env": {},
        },
        "results": [
            {
                "status": each.status,
                "timing": [{"name": "execute", "started_at": _time(each.started), "completed_at": _time(each.ended)}],
                "thread_id": "gongkai",
                "execution_time": (each.ended - each.started).total_seconds(),
                "adapter_response": {},
                "message": each.message or None,
                "failures": each.rows,
                "unique_id": each.unique_id,
                "compiled": True,
                "compiled_code": None,
                "relation_name": compiled.nodes[each.unique_id].relation or None,
                "batch_results": None,
            }
            for each in results
        ],
        "elapsed_time": (now() - began).total_seconds(),
        "args": {"which": "build", "invocation_command": "gongkai build"},
    }


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
