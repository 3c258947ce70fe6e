"""The build button: a build in a process of its own, with its progress to be asked for."""

from __future__ import annotations

import multiprocessing
import threading
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from gongkai.building import Built, build
from gongkai.explore.apart import deaf_to_ctrl_c
from gongkai.rules.problems import BrokenRules
from gongkai.warehouse import Warehouse
from ingest.errors import GongkaiError


@dataclass(frozen=True, slots=True)
class State:
    """How the last build went, or goes: `done` of `total` steps.

    One of idle, running, published, unchanged, failed (for `problems`), and stopped: ended before it was done.
    """

    state: str = "idle"
    done: int = 0
    total: int = 0
    step: str = ""
    problems: tuple[str, ...] = ()


class Builds:
    """At most one build at a time. It is safe to end the explorer meanwhile: what is published stays as it was."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._lock = threading.Lock()
        self._state = State()
        self._process: BaseProcess | None = None

    @property
    def state(self) -> State:
        """The state now."""
        with self._lock:
            return self._state

    def start(self) -> None:
        """Begin a build, unless one is going on."""
        with self._lock:
            if self._state.state == "running":
                return
            self._state = State("running")
        # dbt keeps much in the process that it ran in, and is not made for threads beside it.
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe(duplex=False)
        self._process = context.Process(target=_build, args=(self.warehouse, there), daemon=True)
        with deaf_to_ctrl_c():
            self._process.start()
        there.close()
        threading.Thread(target=self._follow, args=(here,), daemon=True).start()

    def end(self) -> None:
        """Stop the build that goes on, if one does."""
        if self._process is not None and self._process.is_alive():
            self._process.terminate()
            self._process.join()
            with self._lock:
                self._state = replace(self._state, state="stopped")

    def _follow(self, here: Connection) -> None:
        while True:
            try:
                told = here.recv()
            except EOFError:
                with self._lock:
                    if self._state.state == "running":
                        self._state = replace(self._state, state="stopped")
                return
            with self._lock:
                self._state = told


def _build(warehouse: Warehouse, there: Connection) -> None:
    """Build, and tell how it goes."""

    def progress(done: int, total: int, step: str) -> None:
        there.send(State("running", done, total, step))

    try:
        there.send(_outcome(build(warehouse, full_refresh=False, progress=progress)))
    except BrokenRules as error:
        there.send(State("failed", problems=tuple(str(problem) for problem in error.problems) or (str(error),)))
    except GongkaiError as error:
        there.send(State("failed", problems=(str(error),)))


def _outcome(built: Built) -> State:
    if built.failures:
        problems = tuple(f"{each.name} ({each.path}): {each.message}" for each in built.failures)
        return State("failed", built.steps, built.steps, problems=problems)
    return State("unchanged" if built.unchanged else "published", built.steps, built.steps)
