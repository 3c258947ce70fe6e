"""Building: dbt in this process on the work file, its failures as lines, and what it made published."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from gongkai.project import macros_fingerprint, project_folder, rules_fingerprint
from gongkai.publishing import publish, published_fingerprint, raw_fingerprint, remove_leftovers
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.lock import write_lock
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach, records
from gongkai.warehouse.work import complete_raw
from ingest.errors import GongkaiError

Progress = Callable[[int, int, str], None]
"""Called with the number of steps done, the number of all steps, and the name of the step that goes on now."""

_TESTS_BETWEEN = "config.schema:intermediate+1,resource_type:test"

SHOWN_ROWS = 5
"""Failing rows that are shown of each test; `dbt build --store-failures` keeps all of them."""


@dataclass(slots=True)
class Failure:
    """A model, seed or test that failed: what it is, where it is written, and why in one line, with failing rows."""

    name: str
    path: str
    message: str
    rows: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Built:
    """What a build did. With failures nothing was published; `unchanged` means that there was nothing to do."""

    warehouse: Warehouse
    unchanged: bool = False
    steps: int = 0
    failures: list[Failure] = field(default_factory=list)
    warnings: list[Failure] = field(default_factory=list)


def build(warehouse: Warehouse, *, full_refresh: bool, progress: Progress) -> Built:
    """Bring the marts up to date with what is landed and with the rules, and publish them where all tests pass.

    GongkaiError where nothing has been ingested yet, another run is writing, or dbt cannot even start; BrokenRules
    where rules changed and are not as their YAML declares them.
    """
    warehouse = warehouse.absolute()
    if not warehouse.work.is_file():
        raise GongkaiError(f"nothing has been ingested for {warehouse} yet; run: gongkai run FOLDER")
    project = project_folder()
    with write_lock(warehouse):
        complete_raw(warehouse)
        rules = rules_fingerprint(project)
        fingerprint = f"{raw_fingerprint(warehouse)} {rules}"
        if not full_refresh and published_fingerprint(warehouse) == fingerprint:
            remove_leftovers(warehouse)
            return Built(warehouse, unchanged=True)
        state.drop_former(warehouse)
        macros = macros_fingerprint(project)
        full_refresh = full_refresh or state.built_by(warehouse, "macros") != macros
        only_raw = not full_refresh and state.built_by(warehouse, "rules") == rules
        if not only_raw:
            _refuse_broken_rules(project, rules)
        built = _run_dbt(project, warehouse, full_refresh=full_refresh, only_raw=only_raw, progress=progress)
        if not built.failures:
            progress(built.steps, built.steps, "publishing")
            publish(warehouse, fingerprint, by_document=only_raw)
            # Not before: rows that a failed publish left out must not count as published by these rules.
            state.remember_built(warehouse, rules=rules, macros=macros)
    return built


def check_changed_rules(warehouse: Warehouse) -> None:
    """BrokenRules where the rules are not those of the published file and are not as their YAML declares them."""
    project = project_folder()
    rules = rules_fingerprint(project)
    if not (published_fingerprint(warehouse) or "").endswith(f" {rules}"):
        _refuse_broken_rules(project, rules)


def _refuse_broken_rules(project: Path, rules: str) -> None:
    # Imported here: where nothing changed, a build does without it.
    from gongkai.rules.checking import refuse_broken_rules

    refuse_broken_rules(project, rules)


def _run_dbt(project: Path, warehouse: Warehouse, *, full_refresh: bool, only_raw: bool, progress: Progress) -> Built:
    """Run dbt. `only_raw`: the rules are those of the last build, so what stands on them alone is as it was.

    Tests of the steps between staging and marts then wait for the next change of a rule: what comes in is tested in
    staging, what goes out in marts.
    """
    os.environ["GONGKAI_WAREHOUSE"] = str(warehouse)  # profiles.yml leads dbt to the work file by it
    # Imported here: dbt takes seconds to import, and every other command does without it.
    from dbt.cli.main import dbtRunner

    counter = _Counter(progress)
    scratch = warehouse.scratch_folder
    arguments = [
        "build",
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        *("--target-path", str(scratch / "target"), "--log-path", str(scratch / "logs")),
        # Unit tests are about the rules, not about what was landed: `make test` runs them.
        *("--exclude-resource-type", "unit_test"),
        *("--quiet", "--log-level", "none", "--no-write-json"),
        *(["--select", "source:raw+", "--exclude", _TESTS_BETWEEN] if only_raw else []),
        *(["--full-refresh"] if full_refresh else []),
    ]
    try:
        with _noticing_interrupts() as interrupts:
            result = dbtRunner(callbacks=[counter.on_event]).invoke(arguments)
    finally:
        _close_dbt()
    if interrupts:
        raise KeyboardInterrupt
    built = Built(warehouse, steps=counter.total)
    nodes = getattr(result.result, "results", None)
    if nodes is None:
        detail = " ".join(str(result.exception or "no reason given").split())
        raise GongkaiError(f"dbt could not start in {project}: {detail}")
    for node in nodes:
        status = str(node.status)
        if status in {"error", "fail", "runtime error"}:
            built.failures.append(_failure(node))
        elif status == "warn":
            built.warnings.append(_failure(node))
    _add_failing_rows(warehouse, nodes, built)
    if not built.failures and not result.success:
        raise GongkaiError(f"dbt stopped before it was done ({result.exception}); run gongkai build again")
    return built


@contextmanager
def _noticing_interrupts() -> Iterator[list[int]]:
    """Collect the signals of Ctrl-C: dbt may take the exception for a fault of whatever it was just reading."""
    noticed: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield noticed  # signals come to the main thread alone
        return

    def notice(number: int, _: object) -> None:
        noticed.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, notice)
    try:
        yield noticed
    finally:
        signal.signal(signal.SIGINT, before)


class _Counter:
    """Turns dbt's events into calls of `Progress`."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.done = 0
        self.total = 0

    def on_event(self, event: Any) -> None:
        name = event.info.name
        if name == "ConcurrencyLine":
            self.total = event.data.node_count
        elif name == "NodeStart":
            self.progress(self.done, self.total, event.data.node_info.node_name)
        elif name == "NodeFinished":
            self.done += 1


def _close_dbt() -> None:
    """Let go of the work file, which dbt would keep open until this process ends."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


def _failure(node: Any) -> Failure:
    """A failed node of dbt's result as a readable failure."""
    kind = str(node.node.resource_type)
    message = " ".join((node.message or "no message").split())
    if kind == "test" and node.failures:
        message = f"{node.failures} row{'' if node.failures == 1 else 's'} against the rule"
    return Failure(name=f"{kind} {node.node.name}", path=node.node.original_file_path, message=message)


def _add_failing_rows(warehouse: Warehouse, nodes: Any, built: Built) -> None:
    """Put the first rows that each failed test finds into its failure."""
    queries = {
        f"test {node.node.name}": node.node.compiled_code
        for node in nodes
        if str(node.node.resource_type) == "test" and node.failures and node.node.compiled_code
    }
    failed = [failure for failure in [*built.failures, *built.warnings] if failure.name in queries]
    if not failed:
        return
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.work, "gongkai", "read_only")
        for failure in failed:
            query = queries[failure.name]  # what dbt has just run
            failure.rows = [
                ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)
                for row in records(connection, f"select * from ({query}) limit {SHOWN_ROWS}")  # noqa: S608
            ]
