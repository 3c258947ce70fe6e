"""Data tests that dbt compiled, many in one statement."""

from __future__ import annotations

import duckdb

from gongkai.building.compiled import Node
from gongkai.building.outcome import SHOWN_ROWS, Failure, Outcome, Result, Status, against_the_rule, as_lines, now
from gongkai.warehouse.sql import records


def run_tests(tests: list[Node], connection: duckdb.DuckDBPyConnection) -> Outcome:
    """Count the rows against each; where one of them cannot run, each by itself tells which."""
    outcome = Outcome()
    started = now()
    counting = " union all ".join(
        f"(select {number}, count(*) from (\n{test.sql}\n))" for number, test in enumerate(tests)
    )
    try:
        counted = dict(connection.execute(counting).fetchall())
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        if len(tests) == 1:
            outcome.failures.append(failed(tests[0], error))
            outcome.results.append(Result(tests[0].unique_id, "error", started, now(), outcome.failures[0].message))
            return outcome
        for test in tests:
            alone = run_tests([test], connection)
            outcome.failures += alone.failures
            outcome.warnings += alone.warnings
            outcome.results += alone.results
        return outcome
    ended = now()
    for number, test in enumerate(tests):
        if counted[number]:
            rows = records(connection, f"select * from (\n{test.sql}\n) limit {SHOWN_ROWS}")
            found = Failure(test.title, test.path, against_the_rule(counted[number]), as_lines(rows))
            (outcome.warnings if test.only_warns else outcome.failures).append(found)
            status: Status = "warn" if test.only_warns else "fail"
            outcome.results.append(Result(test.unique_id, status, started, ended, found.message, counted[number]))
        else:
            outcome.results.append(Result(test.unique_id, "pass", started, ended, rows=0))
    return outcome


def failed(node: Node, error: Exception) -> Failure:
    return Failure(node.title, node.path, " ".join(str(error).split()))
