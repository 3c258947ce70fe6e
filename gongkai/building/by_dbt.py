"""dbt in this process. Importing it takes seconds, so no other module does where dbt has nothing to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from gongkai import interrupts
from gongkai.building.outcome import SHOWN_ROWS, Failure, Outcome, Progress, against_the_rule, as_lines
from gongkai.warehouse import Warehouse
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach, records
from ingest.errors import GongkaiError

_TESTS_BETWEEN = "config.schema:intermediate+1,resource_type:test"


class Dbt:
    """dbt on a project and the work file of a warehouse; what it parses is kept in `scratch`."""

    def __init__(self, project: Path, warehouse: Warehouse, scratch: Path) -> None:
        self.project = project
        self.warehouse = warehouse
        self.scratch = scratch

    def invoke(
        self, command: str, *arguments: str, manifest: Any = None, on_event: Callable[[Any], None] = lambda event: None
    ) -> Any:
        """Run a command of dbt and give its result. GongkaiError where it could not start."""
        # profiles.yml leads dbt to the work file by it. dbt parses everything anew where it is another than the last
        # time: a relative path is the same in a copy of the project.
        os.environ["GONGKAI_WAREHOUSE"] = os.path.relpath(str(self.warehouse))
        given = [
            command,
            *("--project-dir", str(self.project), "--profiles-dir", str(self.project)),
            *("--target-path", str(self.scratch / "target"), "--log-path", str(self.scratch / "logs")),
            *("--quiet", "--log-level", "none", "--log-level-file", "info" if command == "build" else "none"),
            "--write-json" if command == "build" else "--no-write-json",
            *arguments,
        ]
        try:
            result = dbtRunner(manifest=manifest, callbacks=[on_event]).invoke(given)
        finally:
            _let_go()
        if interrupts.heard() is not None:  # dbt may have taken it for a fault of whatever it was just reading
            raise KeyboardInterrupt
        if result.result is None:
            detail = " ".join(str(result.exception or "no reason given").split())
            raise GongkaiError(f"dbt could not start in {self.project}: {detail}")
        return result


def build_by_dbt(
    project: Path, warehouse: Warehouse, *, full_refresh: bool, only_raw: bool, progress: Progress
) -> Outcome:
    """Bring the work file up to date with dbt itself.

    `only_raw`: the rules are those of the last build, so what stands on them alone is as it was, and tests of the steps
    between staging and marts wait for the next change of a rule.
    """
    counter = _Counter(progress)
    result = Dbt(project, warehouse, warehouse.scratch_folder).invoke(
        "build",
        # Unit tests are about the rules, not about what was landed: `make test` runs them.
        *("--exclude-resource-type", "unit_test"),
        *(["--select", "source:raw+", "--exclude", _TESTS_BETWEEN] if only_raw else []),
        *(["--full-refresh"] if full_refresh else []),
        on_event=counter.on_event,
    )
    nodes = result.result.results
    outcome = Outcome(steps=counter.total)
    for node in nodes:
        status = str(node.status)
        if status in {"error", "fail", "runtime error"}:
            outcome.failures.append(failure(node))
        elif status == "warn":
            outcome.warnings.append(failure(node))
    _add_failing_rows(warehouse, nodes, outcome)
    if not outcome.failures and not result.success:
        raise GongkaiError(f"dbt stopped before it was done ({result.exception}); run gongkai build again")
    return outcome


def failure(node: Any) -> Failure:
    """A failed node of dbt's result as a readable failure."""
    kind = str(node.node.resource_type)
    message = " ".join((node.message or "no message").split())
    if kind == "test" and node.failures:
        message = against_the_rule(node.failures)
    return Failure(name=f"{kind} {node.node.name}", path=node.node.original_file_path, message=message)


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


def _let_go() -> None:
    """Let go of the work file, which dbt would keep open until this process ends."""
    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


def _add_failing_rows(warehouse: Warehouse, nodes: Any, outcome: Outcome) -> None:
    """Put the first rows that each failed test finds into its failure."""
    queries = {
        f"test {node.node.name}": node.node.compiled_code
        for node in nodes
        if str(node.node.resource_type) == "test" and node.failures and node.node.compiled_code
    }
    failed = [failure for failure in [*outcome.failures, *outcome.warnings] if failure.name in queries]
    if not failed:
        return
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, warehouse.work, "gongkai", "read_only")
        for failure in failed:
            query = queries[failure.name]  # what dbt has just run
            failure.rows = as_lines(records(connection, f"select * from ({query}) limit {SHOWN_ROWS}"))  # noqa: S608
