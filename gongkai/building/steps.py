"""Steps that wait for one another, on as many threads as DuckDB takes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from queue import SimpleQueue

import duckdb

from gongkai.building.outcome import Outcome, Progress


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
    [(threads,)] = connection.execute("select current_setting('threads')").fetchall()
    cursors = [connection.cursor() for _ in range(threads)]
    free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    for cursor in cursors:
        free.put(cursor)

    def run(step: Step) -> Outcome:
        cursor = free.get()
        try:
            return step.run(cursor)
        finally:
            free.put(cursor)

    stopped: set[str] = set()
    done = 0
    running: dict[Future[Outcome], str] = {}
    with ThreadPoolExecutor(threads) as pool:
        try:
            while order.is_active():
                for name in order.get_ready():
                    if steps[name].needs & stopped:
                        stopped.add(name)
                        order.done(name)
                    else:
                        running[pool.submit(run, steps[name])] = name
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
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            going_on = [future for future in running if not future.cancelled()]  # `wait` never has a cancelled one done
            while wait(going_on, timeout=0.05).not_done:  # a step may be between two statements
                for cursor in cursors:
                    cursor.interrupt()
            raise
    for cursor in cursors:
        cursor.close()
    return outcome
