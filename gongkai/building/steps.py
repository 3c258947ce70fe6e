"""Steps that wait for one another, on as many threads as DuckDB takes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter

import duckdb

from gongkai.building.outcome import Outcome, Progress
from gongkai.warehouse.cursors import Cursors


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with a connection of its own once all that it needs is done. `size` is how many steps it counts."""

    title: str
    size: int
    needs: set[str]
    run: Callable[[duckdb.DuckDBPyConnection], Outcome]


def run_steps(connection: duckdb.DuckDBPyConnection, steps: dict[str, Step], progress: Progress) -> Outcome:
    """Run all steps by name; those that need a step that failed are left out. What goes on stops with Ctrl-C."""
    outcome = Outcome(steps=sum(step.size for step in steps.values()))
    order = TopologicalSorter({name: step.needs for name, step in steps.items()})
    order.prepare()
    stopped: set[str] = set()
    done = 0
    running: dict[Future[Outcome], str] = {}
    with Cursors(connection) as cursors:
        while order.is_active():
            for name in order.get_ready():
                if steps[name].needs & stopped:
                    stopped.add(name)
                    order.done(name)
                else:
                    running[cursors.submit(steps[name].run)] = name
                    progress(done, outcome.steps, steps[name].title)
            finished = wait(running, return_when=FIRST_COMPLETED).done if running else set()
            for future in finished:
                name, each = running.pop(future), future.result()
                outcome.results += each.results
                outcome.failures += each.failures
                outcome.warnings += each.warnings
                if each.failures:
                    stopped.add(name)
                done += steps[name].size
                order.done(name)
    return outcome
