"""Running what dbt compiled, on as many threads as there are cores: seeds, models and data tests, without dbt's weight.

A model does what dbt's materialization of its name does; data tests of the same parents are counted in one statement.
As with `dbt build`, what stands on a step that failed is not built.
"""

from __future__ import annotations

import csv
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import yaml

from gongkai.building import ledger
from gongkai.building.compiled import DATABASE, DOCUMENTS, Compiled, Node
from gongkai.building.data_tests import failed, run_tests
from gongkai.building.materializing import BrokenContractError, Relations, build_by_document, comment, create, relations
from gongkai.building.outcome import Failure, Outcome, Progress, Result, now
from gongkai.building.sharding import Sharding, build_in_shards, take_over_left_behind
from gongkai.building.standing import Standing
from gongkai.building.steps import Step, run_steps
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.settings import SETTINGS, allowance
from gongkai.warehouse.sql import attach, literal, quoted
from ingest.errors import GongkaiError

Connection = duckdb.DuckDBPyConnection

_UNCHANGED = "as it was: neither its rules nor what was landed changed"
_IN_SHARDS = "built in shards"

_SCHEMAS = ("seeds", "staging", "intermediate", "marts")


@contextmanager
def open_database(project: Path, warehouse: Warehouse, *, threads: int | None = None) -> Iterator[Connection]:
    """A work file that is built in, under the name and the settings that dbt gives it; on so many threads, or all."""
    allowed = allowance(warehouse.spill_folder).settings()
    taken = {} if threads is None else {"threads": threads}
    with duckdb.connect(config=engine_settings(project) | allowed | taken) as connection:
        attach(connection, warehouse.work, DATABASE, "read_write")
        for schema in _SCHEMAS:
            connection.execute(f"create schema if not exists {DATABASE}.{schema}")
        state.open_for_build(connection)
        yield connection


def engine_settings(project: Path) -> dict[str, Any]:
    """The settings of DuckDB under which dbt builds, from profiles.yml."""
    profile = yaml.safe_load((project / "profiles.yml").read_text("utf-8"))[DATABASE]
    settings: dict[str, Any] = profile["outputs"][profile["target"]]["settings"]
    return SETTINGS | settings


def build_directly(
    project: Path,
    warehouse: Warehouse,
    compiled: Compiled,
    *,
    left_out: Container[str] = (),
    full_refresh: bool = False,
    raw_is_same: bool = False,
    sharding: Sharding | None = None,
    threads: int | None = None,
    progress: Progress,
) -> Outcome:
    """Bring the work file up to date, but for the nodes left out. `raw_is_same`: as the last build met it.

    `sharding`: what a share of the documents is enough for is built in shards before. `threads`: as many as cores.
    """
    compiled = compiled.run_by(duckdb.__version__)
    chosen = [node for key, node in compiled.nodes.items() if node.from_raw and key not in left_out]
    with open_database(project, warehouse, threads=threads) as connection:
        known = {} if full_refresh else state.nodes_built(connection)
        there = relations(connection)
        copied = _take_over(connection, compiled, there)
        ledger.find_changes(connection, DOCUMENTS)
        merged = take_over_left_behind(connection, warehouse, compiled, there)
        if full_refresh:
            ledger.forget_all(connection)
        if sharding is not None:
            merged |= build_in_shards(connection, project, warehouse, compiled, there, sharding, progress)
        standing = Standing(known, raw_is_same=raw_is_same, merged=merged)
        book = ledger.Ledger(connection)
        for node in compiled.nodes.values():
            if not node.from_raw:
                standing.stands(node)
        outcome = run_steps(connection, _steps(chosen, standing, there, book), progress)
        outcome.steps += copied
        told = {each.unique_id for each in outcome.results}
        outcome.results += [
            Result(node.unique_id, "skipped", now(), now(), "something that it stands on failed")
            for node in chosen
            if node.unique_id not in told
        ]
        if not outcome.failures:
            there = {node.unique_id: node.version for node in chosen}
            state.remember_nodes_built(connection, state.nodes_built(connection) | there)
        return outcome


def run_rules_alone(connection: Connection, compiled: Compiled, progress: Progress) -> Outcome:
    """Build and test, in the file of compiled rules, what stands on no document and is not there in this version."""
    alone = {key: node for key, node in compiled.nodes.items() if not node.from_raw}
    there = state.nodes_built(connection)
    changed = [node for key, node in alone.items() if node.kind != "seed" and there.get(key) != node.version]
    steps = _steps(changed, Standing({}, raw_is_same=True), relations(connection), ledger.Ledger(connection))
    outcome = run_steps(connection, steps, progress)
    if not outcome.failures:
        state.remember_nodes_built(connection, {key: node.version for key, node in alone.items()})
    return outcome


def load_seeds(
    connection: Connection, project: Path, seeds: dict[str, Node], former: dict[str, Node]
) -> tuple[dict[str, str], list[Failure]]:
    """Load the seeds whose file changed. What each holds, as a hash for any order of its rows, and what failed."""
    contents: dict[str, str] = {}
    failures: list[Failure] = []
    for key, seed in seeds.items():
        try:
            if key not in former or former[key].checksum != seed.checksum:
                _load_seed(connection, project, seed)
            held = f"select bit_xor(hash(seed_row))::varchar || ':' || count(*) from {seed.relation} as seed_row"
            contents[key] = str(connection.execute(held).fetchall()[0][0])
        except duckdb.Error as error:
            failures.append(failed(seed, error))
    return contents, failures


def _load_seed(connection: Connection, project: Path, seed: Node) -> None:
    """By the statement that dbt-duckdb uses."""
    file = project / seed.path
    with file.open(encoding="utf-8-sig", newline="") as lines:
        names = next(csv.reader(lines), [])
    types = {column.name: column.type for column in seed.columns}
    columns = ", ".join(f"{quoted(name)} {types.get(name) or 'varchar'}" for name in names)
    connection.execute(f"create or replace table {seed.relation} ({columns})")
    connection.execute(f"copy {seed.relation} from {literal(file)} (format csv, header true, delimiter ',')")


def _take_over(connection: Connection, compiled: Compiled, there: Relations) -> int:
    """Copy what stands on rules alone and is not there in this version; the number of tables and views."""
    alone = {key: node for key, node in compiled.nodes.items() if not node.from_raw and node.kind != "test"}
    known = state.nodes_built(connection)
    changed = [node for key, node in alone.items() if known.get(key) != node.version]
    connection.execute("begin")
    if changed:
        attach(connection, compiled.file, "compiled", "read_only")
        if connection.execute("select fingerprint from compiled.state.compiled").fetchall() != [
            (compiled.fingerprint,)
        ]:
            raise GongkaiError("the rules changed while they were built by; run the command again")
    for node in changed:
        copied = f"from compiled.{node.relation.removeprefix(quoted(DATABASE) + '.')}"
        create(connection, node, node.sql if node.materialized == "view" else copied, there)
        if node.kind == "model":
            comment(connection, node)
    # Nothing else counts as built until this build is done.
    state.remember_nodes_built(connection, {key: node.version for key, node in alone.items()})
    connection.execute("commit")
    if changed:
        connection.execute("detach compiled")
    return len(changed)


class _Group(NamedTuple):
    """Data tests that look at the same tables."""

    tests: list[Node]
    parents: frozenset[str]


def _steps(nodes: list[Node], standing: Standing, there: Relations, book: ledger.Ledger) -> dict[str, Step]:
    """A step a model, a step a group of tests; models wait for the tests of all that they stand on, as in dbt build."""
    models = {node.unique_id: node for node in nodes if node.kind == "model"}
    groups: dict[frozenset[str], _Group] = {}
    for node in nodes:
        if node.kind == "test":
            parents = frozenset(parent for parent in node.parents if parent in models)
            groups.setdefault(parents, _Group([], parents)).tests.append(node)
    above: dict[str, set[str]] = {}
    steps: dict[str, Step] = {}
    for key, node in models.items():  # in the order of the graph
        needed = {parent for parent in node.parents if parent in models}
        above[key] = needed.union(*(above[parent] for parent in needed))
        tested = {_name(group) for group in groups.values() if group.parents <= above[key]}
        steps[key] = Step(node.name, 1, needed | tested, partial(_build_model, node, standing, there, book))
    for group in groups.values():
        title = f"tests of {', '.join(models[key].name for key in group.parents) or 'what was landed'}"
        steps[_name(group)] = Step(
            title, len(group.tests), set(group.parents), partial(_run_tests, group.tests, standing)
        )
    return steps


def _name(group: _Group) -> str:
    return " ".join(["tests", *sorted(group.parents)])


def _build_model(
    node: Node, standing: Standing, there: Relations, book: ledger.Ledger, connection: Connection
) -> Outcome:
    started, message = now(), ""
    try:
        if node.materialized == "by_document":
            if not build_by_document(connection, node, there, book):
                message = _UNCHANGED if standing.keeps_its_rows(node) else _IN_SHARDS
        elif standing.stands(node):
            message = _UNCHANGED
        else:
            connection.execute("begin")
            create(connection, node, node.sql, there)
            comment(connection, node)
            if node.name in ledger.CONTEXTS:
                ledger.find_changes(connection, node.name)
            connection.execute("commit")
    except (duckdb.Error, BrokenContractError) as error:
        with suppress(duckdb.TransactionException):  # it may have failed before any began
            connection.execute("rollback")
        failure = failed(node, error)
        return Outcome(results=[Result(node.unique_id, "error", started, now(), failure.message)], failures=[failure])
    return Outcome(results=[Result(node.unique_id, "success", started, now(), message)])


def _run_tests(tests: list[Node], standing: Standing, connection: Connection) -> Outcome:
    started = now()
    waiting = [test for test in tests if not standing.stands(test)]
    outcome = run_tests(waiting, connection) if waiting else Outcome()
    run = {test.unique_id for test in waiting}
    stands = (test.unique_id for test in tests if test.unique_id not in run)
    outcome.results += [Result(key, "pass", started, started, _UNCHANGED, 0) for key in stands]
    return outcome
