"""Running what dbt compiled, on as many threads as there are cores: seeds, models and data tests, without dbt's weight.

A model does what dbt's materialization of its name does; data tests of the same parents are counted in one statement.
As with `dbt build`, what stands on a step that failed is not built.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import yaml

from gongkai.building.compiled import DATABASE, Compiled, Node
from gongkai.building.outcome import SHOWN_ROWS, Failure, Outcome, Progress, against_the_rule, as_lines
from gongkai.building.steps import Step, run_steps
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach, literal, quoted, records
from ingest.errors import GongkaiError

Connection = duckdb.DuckDBPyConnection

_SCHEMAS = ("seeds", "staging", "intermediate", "marts")
_LEDGER = state.LEDGER


@contextmanager
def open_database(project: Path, file: Path) -> Iterator[Connection]:
    """A file that is built in, under the name and the settings that dbt gives it."""
    with duckdb.connect(config=_engine_settings(project)) as connection:
        attach(connection, file, DATABASE, "read_write")
        for schema in _SCHEMAS:
            connection.execute(f"create schema if not exists {DATABASE}.{schema}")
        state.open_for_build(connection)
        yield connection


def _engine_settings(project: Path) -> dict[str, Any]:
    """The settings of DuckDB under which dbt builds, from profiles.yml."""
    profile = yaml.safe_load((project / "profiles.yml").read_text("utf-8"))[DATABASE]
    settings: dict[str, Any] = profile["outputs"][profile["target"]]["settings"]
    return SETTINGS | settings


def build_directly(
    project: Path, warehouse: Warehouse, compiled: Compiled, *, full_refresh: bool, only_raw: bool, progress: Progress
) -> Outcome:
    """Bring the work file up to date. `only_raw`: the rules are those of the last build, so that tests of the steps
    between staging and marts wait for the next change of a rule."""
    nodes = compiled.nodes
    with open_database(project, warehouse.work) as connection:
        copied = _take_over(connection, compiled)
        if full_refresh:
            connection.execute(f"delete from {_LEDGER}")
        between = {key for key, node in nodes.items() if node.schema == "intermediate" and node.kind == "model"}
        chosen = [
            node
            for node in nodes.values()
            if node.from_raw and not (only_raw and node.kind == "test" and not between.isdisjoint(node.parents))
        ]
        outcome = run_steps(connection, _steps(chosen), progress)
        outcome.steps += copied
        return outcome


def run_rules_alone(connection: Connection, compiled: Compiled, progress: Progress) -> Outcome:
    """Build and test, in the file of compiled rules, what stands on no document and is not there in this version."""
    there = state.rules_alone(connection)
    chosen = [
        node
        for node in compiled.nodes.values()
        if node.kind != "seed" and not node.from_raw and there.get(node.unique_id) != node.version
    ]
    outcome = run_steps(connection, _steps(chosen), progress)
    if not outcome.failures:
        alone = {node.unique_id: node.version for node in compiled.nodes.values() if not node.from_raw}
        state.remember_rules_alone(connection, alone)
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
            failures.append(_failure(seed, error))
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


def _take_over(connection: Connection, compiled: Compiled) -> int:
    """Copy what stands on rules alone and is not there in this version; the number of tables and views."""
    there = state.rules_alone(connection)
    nodes = [node for node in compiled.nodes.values() if not node.from_raw and node.kind != "test"]
    changed = [node for node in nodes if there.get(node.unique_id) != node.version]
    if not changed:
        return 0
    attach(connection, compiled.file, "compiled", "read_only")
    if connection.execute("select fingerprint from compiled.state.compiled").fetchall() != [(compiled.fingerprint,)]:
        raise GongkaiError("the rules changed while they were built by; run the command again")
    connection.execute("begin")
    for node in changed:
        if node.materialized == "view":
            _create(connection, node, node.sql)
        else:
            _create(connection, node, f"from compiled.{node.relation.removeprefix(quoted(DATABASE) + '.')}")
        if node.kind == "model":
            _comment(connection, node)
    state.remember_rules_alone(connection, {node.unique_id: node.version for node in nodes})
    connection.execute("commit")
    connection.execute("detach compiled")
    return len(changed)


class _Group(NamedTuple):
    """Data tests that look at the same tables."""

    tests: list[Node]
    parents: frozenset[str]


def _steps(nodes: list[Node]) -> dict[str, Step]:
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
        steps[key] = Step(node.name, 1, needed | tested, partial(_build_model, node))
    for group in groups.values():
        title = f"tests of {', '.join(models[key].name for key in group.parents) or 'what was landed'}"
        steps[_name(group)] = Step(title, len(group.tests), set(group.parents), partial(_run_tests, group.tests))
    return steps


def _name(group: _Group) -> str:
    return " ".join(["tests", *sorted(group.parents)])


def _build_model(node: Node, connection: Connection) -> Outcome:
    try:
        if node.materialized == "by_document":
            _build_by_document(connection, node)
        else:
            connection.execute("begin")
            _create(connection, node, node.sql)
            _comment(connection, node)
            connection.execute("commit")
    except (duckdb.Error, _BrokenContractError) as error:
        _roll_back(connection)
        return Outcome(failures=[_failure(node, error)])
    return Outcome()


def _roll_back(connection: Connection) -> None:
    with suppress(duckdb.TransactionException):  # it may have failed before any began
        connection.execute("rollback")


def _failure(node: Node, error: Exception) -> Failure:
    return Failure(node.title, node.path, " ".join(str(error).split()))


class _BrokenContractError(Exception):
    """A model whose columns are not those that its YAML declares."""


def _create(connection: Connection, node: Node, sql: str) -> None:
    """Make the table or view anew, whatever stands under its name."""
    kind = "view" if node.materialized == "view" else "table"
    if _kind_of(connection, node) not in {None, kind}:
        connection.execute(f"drop {'table' if kind == 'view' else 'view'} {node.relation}")
    if not node.has_contract:
        connection.execute(f"create or replace {kind} {node.relation} as (\n{sql}\n)")
        return
    _hold_contract(connection, node, sql)
    names = ", ".join(quoted(column.name) for column in node.columns)
    if kind == "view":
        connection.execute(f"create or replace view {node.relation} as (\n{sql}\n)")
        return
    declared = ", ".join(
        f"{quoted(column.name)} {column.type}{' not null' if column.not_null else ''}" for column in node.columns
    )
    connection.execute(f"create or replace table {node.relation} ({declared})")
    connection.execute(f"insert into {node.relation} by name (select {names} from (\n{sql}\n))")


def _hold_contract(connection: Connection, node: Node, sql: str) -> None:
    declared = {column.name: column.type for column in node.columns}
    given = {str(name): str(kind) for name, kind, *_ in connection.execute(f"describe (\n{sql}\n)").fetchall()}
    wrong = [
        f"{name} is {given.get(name, 'missing')} where the contract has {declared.get(name, 'no such column')}"
        for name in [*declared, *(name for name in given if name not in declared)]
        if given.get(name) != declared.get(name)
    ]
    if wrong:
        raise _BrokenContractError(f"the columns are not those of the contract in its YAML: {'; '.join(wrong)}")


def _kind_of(connection: Connection, node: Node) -> str | None:
    """Whether a table or a view stands under the name of a model."""
    row = connection.execute(
        "select lower(table_type) from information_schema.tables "
        "where table_catalog = ? and table_schema = ? and table_name = ?",
        [DATABASE, node.schema, node.name],
    ).fetchone()
    return None if row is None else "view" if row[0] == "view" else "table"


def _comment(connection: Connection, node: Node) -> None:
    """What YAML says of a table and its columns, as comments."""
    there = {column[0] for column in connection.execute(f"from {node.relation} limit 0").description or []}
    kind = "view" if node.materialized == "view" else "table"
    comments = [f"comment on {kind} {node.relation} is {literal(node.description)}"] if node.description else []
    comments += [
        f"comment on column {node.relation}.{quoted(column.name)} is {literal(column.description)}"
        for column in node.columns
        if column.name in there
    ]
    if comments:
        connection.execute(";\n".join(comments))


def _build_by_document(connection: Connection, node: Node) -> None:
    """As macros/by_document does: the ledger says which documents' rows to replace; where none stay, all is made anew.

    dbt compiled the model to read the documents to build from a table of this connection.
    """
    pending = f"temp.main.pending_{node.name}"
    connection.execute(
        f"create or replace temp table pending_{node.name} as ({_pending(node)})", [node.name, node.version]
    )
    [(kept,)] = connection.execute(
        f"select (select count(*) from {DATABASE}.raw.documents) - (select count(*) from {pending})"
    ).fetchall()
    connection.execute("begin")
    if kept and _kind_of(connection, node) == "table":
        replaced = (
            f"report_id in (select left(document_id, 16) from {pending})"
            if node.looks_beyond
            else f"document_id in (select document_id from {pending})"
        )
        connection.execute(f"delete from {node.relation} where {replaced}")
        connection.execute(f"insert into {node.relation} by name (\n{node.sql}\n)")
    else:
        _create(connection, node, node.sql)
        _comment(connection, node)
    connection.execute(
        f"delete from {_LEDGER} where model = ? and document_id in (select document_id from {pending})", [node.name]
    )
    connection.execute(f"insert into {_LEDGER} select ?, document_id, version from {pending}", [node.name])
    connection.execute("commit")
    connection.execute(f"drop table {pending}")


def _pending(node: Node) -> str:
    """A query, given name and version of the model: the documents that it must build now, each with its version.

    What is no report, or is none any more, has no context.
    """
    context = "coalesce(context_version, '')" if node.looks_beyond else "''"
    contexts = f"left join {DATABASE}.intermediate.int_report_contexts as contexts using (document_id)"
    return f"""
        with versions as (
            select
                document_id,
                md5(content_version || {context} || $2) as version,
            from {DATABASE}.raw.documents
            {contexts if node.looks_beyond else ""}
        )

        select versions.document_id, versions.version
        from versions
        left join {_LEDGER} as ledger on versions.document_id = ledger.document_id and ledger.model = $1
        where ledger.version is distinct from versions.version
    """


def _run_tests(tests: list[Node], connection: Connection) -> Outcome:
    """Count the rows against each; where one of them cannot run, each by itself tells which."""
    outcome = Outcome()
    counting = " union all ".join(
        f"(select {number}, count(*) from (\n{test.sql}\n))" for number, test in enumerate(tests)
    )
    try:
        counted = dict(connection.execute(counting).fetchall())
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        if len(tests) == 1:
            outcome.failures.append(_failure(tests[0], error))
            return outcome
        for test in tests:
            alone = _run_tests([test], connection)
            outcome.failures += alone.failures
            outcome.warnings += alone.warnings
        return outcome
    for number, test in enumerate(tests):
        if counted[number]:
            rows = records(connection, f"select * from (\n{test.sql}\n) limit {SHOWN_ROWS}")
            found = Failure(test.title, test.path, against_the_rule(counted[number]), as_lines(rows))
            (outcome.warnings if test.only_warns else outcome.failures).append(found)
    return outcome
