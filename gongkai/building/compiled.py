"""What dbt compiled: the nodes of its graph with their SQL, in one file with the tables that stand on rules alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

import duckdb

from gongkai.building.outcome import Failure
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach

DATABASE = "gongkai"
"""The name under which dbt has the file that it builds in."""
DOCUMENTS = "documents"
"""The keys of a model by document, unless it has others."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its YAML declares it; the type in DuckDB's own words, empty where none is declared."""

    name: str
    type: str = ""
    description: str = ""
    not_null: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A seed, model or data test of dbt's graph, ready to run.

    `written_from` stands for all that its SQL is written from; `version` for all that its rows depend on but what was
    landed: its own SQL and that of all below it, and what the seeds hold. `reads_raw`: it names a table of raw;
    `from_raw`: it does, or something that it stands on. `keys`: what changes of the ledger it waits for: documents, or
    those of a table of contexts, which tell of what lies beside a document, or of other keys (years, bodies …).
    `row_key`: SQL that tells whose a row is, and SQL that makes the same of a key of the ledger, as document_id.
    """

    unique_id: str
    name: str
    kind: Literal["seed", "model", "test"]
    path: str
    materialized: str
    schema: str
    relation: str
    checksum: str
    parents: tuple[str, ...]
    reads_raw: bool
    from_raw: bool
    written_from: str = ""
    sql: str = ""
    version: str = ""
    description: str = ""
    columns: tuple[Column, ...] = ()
    has_contract: bool = False
    only_warns: bool = False
    keys: str = DOCUMENTS
    row_key: tuple[str, str] = ("document_id", "document_id")

    @property
    def title(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(slots=True)
class Compiled:
    """The nodes in the order of the graph, and the file of what stands on rules alone. Not to be used with failures.

    The fingerprint is of the rules, and of the software that made the file of them.
    """

    file: Path
    fingerprint: str
    nodes: dict[str, Node] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    steps: int = 0

    def run_by(self, engine: str) -> Compiled:
        """The same, with versions that differ with the engine: another patch of it may make other rows of the SQL.

        What stands on rules alone was made with the file, whoever runs it.
        """
        mark = f" {engine}"

        def version(node: Node) -> str:
            return node.version.removesuffix(mark) + mark if node.from_raw else node.version

        return replace(self, nodes={key: replace(node, version=version(node)) for key, node in self.nodes.items()})

    def tests_between(self) -> set[str]:
        """The data tests of the steps between staging and marts."""
        between = {key for key, node in self.nodes.items() if node.kind == "model" and node.schema == "intermediate"}
        return {key for key, node in self.nodes.items() if node.kind == "test" and not between.isdisjoint(node.parents)}

    def of_documents_alone(self) -> list[Node]:
        """The models by document for which it makes no difference what other documents there are, and views of them."""
        alone: dict[str, Node] = {}
        for key, node in self.nodes.items():  # in the order of the graph
            is_of_its_kind = node.kind == "model" and node.from_raw and node.materialized in {"by_document", "view"}
            if is_of_its_kind and all(each in alone or not self.nodes[each].from_raw for each in node.parents):
                alone[key] = node
        return list(alone.values())


def fingerprint_of(file: Path) -> str | None:
    """The fingerprint of what a file holds; None where there is none that can be read."""
    row = _first(file, "fingerprint")
    return None if row is None else row[0]


def _first(file: Path, columns: str) -> tuple[str, ...] | None:
    try:
        with duckdb.connect(config=SETTINGS) as connection:
            attach(connection, file, DATABASE, "read_only")
            row: tuple[str, ...] | None = connection.execute(
                f"select {columns} from {DATABASE}.state.compiled"  # noqa: S608 - names of ours
            ).fetchone()
    except duckdb.Error:
        return None
    return row


def read_compiled(file: Path, made_by: str) -> Compiled | None:
    """What a file holds; None where there is none that can be read, or it was made by other software."""
    row = _first(file, "fingerprint, content")
    if row is None or not row[0].endswith(made_by):
        return None
    content = json.loads(row[1])
    nodes = (
        Node(
            **each
            | {
                "parents": tuple(each["parents"]),
                "columns": tuple(Column(**one) for one in each["columns"]),
                "row_key": tuple(each["row_key"]),
            }
        )
        for each in content["nodes"]
    )
    return Compiled(file, row[0], {node.unique_id: node for node in nodes}, content["digests"])


def write_compiled(connection: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    """Put the nodes into the file, which is open as it is for a build, and have it hold all that was written."""
    content = {"digests": compiled.digests, "nodes": [asdict(node) for node in compiled.nodes.values()]}
    connection.execute(
        f"create or replace table {DATABASE}.state.compiled as select ? as fingerprint, ? as content",
        [compiled.fingerprint, json.dumps(content, ensure_ascii=False)],
    )
    connection.execute(f"checkpoint {DATABASE}")
