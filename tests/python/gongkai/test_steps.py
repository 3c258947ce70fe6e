"""Steps that wait for one another."""

from __future__ import annotations

import threading

import duckdb
import pytest

from gongkai.building.outcome import Failure, Outcome
from gongkai.building.steps import Step, run_steps


def nothing(done: int, total: int, name: str) -> None:
    """No bar is shown."""


def test_each_step_waits_for_what_it_needs_and_failures_leave_out_what_stands_on_them() -> None:
    ran: list[str] = []

    def step(name: str, *needs: str, fails: bool = False) -> Step:
        def run(connection: duckdb.DuckDBPyConnection) -> Outcome:
            ran.append(name)
            return Outcome(failures=[Failure(name, "", "broken")] if fails else [])

        return Step(name, 2, set(needs), run)

    steps = {
        "marts": step("marts", "middle"),
        "middle": step("middle", "first", "broken"),
        "first": step("first"),
        "broken": step("broken", fails=True),
        "beside": step("beside", "first"),
    }
    with duckdb.connect() as connection:
        outcome = run_steps(connection, steps, nothing)
    assert sorted(ran) == ["beside", "broken", "first"]
    assert ran.index("first") < ran.index("beside")
    assert (outcome.steps, [failure.name for failure in outcome.failures]) == (10, ["broken"])


def test_what_ends_the_run_ends_a_query_that_goes_on() -> None:
    begun = threading.Event()

    def endless(connection: duckdb.DuckDBPyConnection) -> Outcome:
        begun.set()
        with pytest.raises(duckdb.InterruptException):
            connection.execute("select count(*) from range(1000000000) as a, range(1000000000) as b where a != b")
        return Outcome()

    def interrupted(done: int, total: int, name: str) -> None:
        begun.wait()
        raise KeyboardInterrupt

    with duckdb.connect() as connection, pytest.raises(KeyboardInterrupt):
        run_steps(connection, {"endless": Step("endless", 1, set(), endless)}, interrupted)


def test_a_step_that_breaks_ends_the_run_though_others_had_yet_to_begin() -> None:
    def broken(connection: duckdb.DuckDBPyConnection) -> Outcome:
        raise ValueError("broken")

    steps = {f"{number}": Step(f"{number}", 1, set(), broken) for number in range(20)}
    with duckdb.connect(config={"threads": 1}) as connection, pytest.raises(ValueError, match="broken"):
        run_steps(connection, steps, nothing)
