"""What dbt compiled, kept with the tables that stand on rules alone: a build then does without dbt.

One file holds both: the nodes of dbt's graph with their SQL, and seeds, regions and whatever else stands on no
document, built and tested. It is made by `make setup`, or by the first build that finds none of these rules; where
rules changed, dbt compiles only what stands on them, and the file is exchanged at once by its name.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb

from gongkai.building import ledger
from gongkai.building.artifacts import MANIFEST
from gongkai.building.compiled import DOCUMENTS, Column, Compiled, Node, fingerprint_of, read_compiled, write_compiled
from gongkai.building.direct import load_seeds, open_database, run_rules_alone
from gongkai.building.outcome import Progress
from gongkai.project import rule_digests, rules_fingerprint, tool_versions
from gongkai.warehouse import Warehouse
from gongkai.warehouse.settings import SETTINGS
from ingest.errors import GongkaiError
from ingest.shipped import checkout

_KINDS = {"seed", "model", "test"}
_MATERIALIZATIONS = {"seed", "view", "table", "by_document"}
_NAME = "compiled.duckdb"
_WORD = re.compile(r"\w+")
_GRAPH = re.compile(r"\bgraph\b")
"""The whole of dbt's graph: who looks at it is written from all files that there are and all that YAML says."""


def compiled_rules(project: Path, scratch: Path, progress: Progress) -> Compiled:
    """What dbt compiled of these rules, made where it is not there. BrokenRules where they are not as declared.

    `scratch` holds it where nobody may write beside the project. Two processes that need it at once make it once.
    """
    fingerprint = _fingerprint(project)
    found = _found(project, scratch, fingerprint)
    if found is None:
        folder = folder_of(project, scratch)
        with _made_by_one(folder):
            found = _found(project, scratch, fingerprint)
            if found is None:
                # Imported here: where nothing changed, a build does without it.
                from gongkai.rules.checking import refuse_broken_rules

                changed = _changed(project, read_compiled(folder / _NAME, _software()))
                refuse_broken_rules(project, rules_fingerprint(project), changed)
                with _uncollected():
                    found = _make(project, folder, fingerprint, progress)
    return found


def compiled_file(project: Path, scratch: Path) -> Path | None:
    """The file of these rules, where they were checked and compiled before."""
    fingerprint = _fingerprint(project)
    return next((file for file in _files(project, scratch) if fingerprint_of(file) == fingerprint), None)


def _changed(project: Path, former: Compiled | None) -> frozenset[str] | None:
    """The rule files that are not as the former file has them, which were all found right; None without such a file."""
    if former is None:
        return None
    now, then = rule_digests(project), former.digests
    return frozenset(path for path in now.keys() | then.keys() if now.get(path) != then.get(path))


def folder_of(project: Path, scratch: Path) -> Path:
    """Where compiled rules are kept: with a repository, but beside the warehouse those of an installed package, which
    is not written to, and those that a user has rules of his own among."""
    return _with_project(project) if project == checkout() and os.access(project, os.W_OK) else scratch


def _with_project(project: Path) -> Path:
    return project / "target" / "gongkai"


def _files(project: Path, scratch: Path) -> list[Path]:
    """Where compiled rules may be, the likeliest place first."""
    return [folder / _NAME for folder in dict.fromkeys((folder_of(project, scratch), _with_project(project)))]


def _found(project: Path, scratch: Path, fingerprint: str = "") -> Compiled | None:
    """What was compiled of these rules; without a fingerprint of any, to begin with."""
    for file in _files(project, scratch):
        found = read_compiled(file, _software())
        if found and fingerprint in ("", found.fingerprint):
            return found
    return None


def _fingerprint(project: Path) -> str:
    rules = json.dumps(rule_digests(project))
    return f"{hashlib.sha256(rules.encode()).hexdigest()} {_software()}"


def _software() -> str:
    """A hash of this package, and of the releases of the tools."""
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return hashlib.sha256(code + tool_versions(without_patch=True).encode()).hexdigest()


@contextmanager
def _made_by_one(folder: Path) -> Iterator[None]:
    """Wait until no other process makes the file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "compiled.lock").open("w")
    except OSError as error:
        raise GongkaiError(
            f"cannot keep compiled rules in {folder} ({error.strerror}); give this user the right to write there"
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _uncollected() -> Iterator[None]:
    """dbt's graph stays until the end: to look through it for garbage again and again takes a fifteenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _make(project: Path, folder: Path, fingerprint: str, progress: Progress) -> Compiled:
    """Compile what changed since the file that is there, build and test what stands on rules alone, and exchange it."""
    # Imported here: where nothing changed, a build does without them.
    from gongkai.building.by_dbt import Dbt, failure
    from gongkai.rules.templates import Templates

    warehouse = Warehouse(folder / _NAME)
    former = _found(project, folder) or Compiled(warehouse.published, "")
    for leftover in (warehouse.work, warehouse.work.with_name(f"{warehouse.work.name}.wal")):
        leftover.unlink(missing_ok=True)
    if former.nodes:
        shutil.copyfile(former.file, warehouse.work)

    progress(0, 0, "compiling the rules")
    dbt = Dbt(project, warehouse, folder)
    manifest = dbt.invoke("parse").result
    made = Compiled(warehouse.published, fingerprint, digests=rule_digests(project))
    parsed = _parsed(manifest, made.digests, Templates(project).call("report_id", "document_id"))
    with open_database(project, warehouse) as connection:
        seeds = {key: node for key, node in parsed.items() if node.kind == "seed"}
        contents, made.failures = load_seeds(connection, project, seeds, former.nodes)
    if made.failures:
        return made

    wanted = _to_compile(parsed, former)
    sql = {key: former.nodes[key].sql for key in parsed if key in former.nodes}
    if wanted:
        names = [] if len(wanted) == len(parsed) - len(seeds) else ["--select", *(parsed[key].name for key in wanted)]
        # With its cache filled before: where two threads ask for seeds at once, the second is told that their schema is
        # known while the first still lists it, and finds no rows (`list_relations` of dbt's adapters).
        result = dbt.invoke("compile", *names, "--exclude", "resource_type:unit_test", manifest=manifest)
        for each in result.result.results:
            if str(each.status) != "success":
                made.failures.append(failure(each))
            elif each.node.unique_id in parsed:
                sql[each.node.unique_id] = each.node.compiled_code or ""
    if made.failures:
        return made

    made.nodes = _with_sql(parsed, sql, contents)
    with open_database(project, warehouse) as connection:
        outcome = run_rules_alone(connection, made, progress)
        made.failures, made.steps = outcome.failures, outcome.steps
        if made.failures:
            return made
        write_compiled(connection, made)
    if _fingerprint(project) != fingerprint:
        raise GongkaiError("the rules changed while they were compiled; run the command again")
    described = warehouse.published.with_name(MANIFEST)
    aside = described.with_suffix(".new")
    aside.write_text(_described(manifest, project), "utf-8")
    aside.replace(described)
    warehouse.work.replace(warehouse.published)
    return made


def _described(manifest: Any, project: Path) -> str:
    """dbt's manifest.json as one text, which takes a quarter of the time that dbt's own writing piece by piece does."""
    from dbt_common.utils.encoding import JSONEncoder

    written = manifest.writable_manifest().to_dict(omit_none=False, context={"artifact": True})
    here = json.dumps(str(project))[1:-1]
    return json.dumps(written, cls=JSONEncoder).replace(here, ".")  # it may be installed elsewhere


def _parsed(manifest: Any, digests: dict[str, str], report_id: str) -> dict[str, Node]:
    """The nodes of dbt's manifest, each behind those that it stands on, still without SQL."""
    wanted = {key: node for key, node in manifest.nodes.items() if str(node.resource_type) in _KINDS}
    types = _types_of_contracts(wanted.values())
    nodes: dict[str, Node] = {}
    sources = _Sources(manifest, digests)

    def add(key: str) -> None:
        node = wanted[key]
        _refuse_what_only_dbt_does(node)
        named = list(getattr(node.depends_on, "nodes", []))
        parents = tuple(dict.fromkeys(name for name in named if name in wanted))
        for parent in parents:
            if parent not in nodes:
                add(parent)
        kind, reads_raw = str(node.resource_type), len(parents) < len(set(named))
        contexts = [name for parent in parents if (name := wanted[parent].name) in ledger.CONTEXTS]
        keyed = next((name for name in contexts if name != ledger.REPORTS), None)
        looks_beyond = bool(contexts) or any(nodes[parent].keys != DOCUMENTS for parent in parents)
        row_key = ("report_id", report_id) if contexts else ("document_id", "document_id")
        if keyed:
            row_key = (f"coalesce({ledger.COLUMNS[keyed]}::varchar, '')", "document_id")
        nodes[key] = Node(
            unique_id=key,
            name=node.name,
            kind=kind,  # type: ignore[arg-type]
            path=node.original_file_path,
            materialized=str(node.config.materialized),
            schema=node.schema,
            relation=node.relation_name or "",
            checksum=f"{digests.get(node.original_file_path, '')} {json.dumps(node.config.get('column_types'))}",
            parents=parents,
            reads_raw=reads_raw,
            from_raw=reads_raw or any(nodes[parent].from_raw for parent in parents),
            written_from="" if kind == "seed" else sources.of(node),
            description=node.description or "",
            columns=_columns(node, types),
            has_contract=kind == "model" and bool(node.config.contract.enforced),
            only_warns=kind == "test" and str(node.config.severity).lower() == "warn",
            keys=keyed or (ledger.REPORTS if looks_beyond else DOCUMENTS),
            row_key=row_key,
        )

    for key in wanted:
        if key not in nodes:
            add(key)
    return nodes


def _columns(node: Any, types: dict[str, str]) -> tuple[Column, ...]:
    """The columns that YAML declares of a model or seed, and those of which it says as what a seed's are loaded."""
    loaded_as: dict[str, str] = node.config.get("column_types") or {}
    columns = {
        column.name: Column(
            column.name,
            types.get(column.data_type or "", ""),
            column.description or "",
            any(constraint.type == "not_null" for constraint in column.constraints),
        )
        for column in node.columns.values()
    }
    columns |= {name: Column(name, loaded) for name, loaded in loaded_as.items()}
    return tuple(columns.values())


def _refuse_what_only_dbt_does(node: Any) -> None:
    if str(node.resource_type) == "test":
        usual = (node.config.fail_calc, node.config.error_if, node.config.warn_if) == ("count(*)", "!= 0", "!= 0")
    else:
        usual = str(node.config.materialized) in _MATERIALIZATIONS
    if not usual:
        raise GongkaiError(
            f"{node.original_file_path}: {node.name} is materialized or counted in a way that only dbt knows; "
            "run: gongkai build --dbt"
        )


def _types_of_contracts(nodes: Iterable[Any]) -> dict[str, str]:
    """The types that YAML declares, in the words of DuckDB."""
    declared = {column.data_type for node in nodes for column in node.columns.values() if column.data_type}
    with duckdb.connect(config=SETTINGS) as connection:
        return {
            name: str(connection.execute(f"select typeof(null::{name})").fetchall()[0][0]) for name in sorted(declared)
        }


class _Sources:
    """All that dbt writes the SQL of a node from: its own text and settings, macros, seeds, names of tables.

    dbt tells the macros that a node called while it was parsed, and not those within a loop over the rows of a seed. So
    a macro counts as used where its name stands.
    """

    def __init__(self, manifest: Any, digests: dict[str, str]) -> None:
        self.manifest = manifest
        self.digests = digests
        self.texts: dict[str, str] = {macro.name: "" for macro in manifest.macros.values()}
        for macro in manifest.macros.values():
            self.texts[macro.name] += macro.macro_sql
        self.named: dict[str, set[str]] = {}
        self.of_all = [digests.get(path, "") for path in ("dbt_project.yml", "profiles.yml")]

    def of(self, node: Any) -> str:
        """A hash of it all."""
        described = getattr(node, "test_metadata", None)
        own = [
            *(node.raw_code, node.relation_name, node.config.to_dict(), described and described.kwargs),
            [column.to_dict() for column in node.columns.values()],
            [self._seen_of(parent) for parent in node.depends_on.nodes],
        ]
        text = json.dumps(own, default=str, sort_keys=True)
        used = self._used(text)
        held = [*self.of_all, text, *(f"{name} {self.texts[name]}" for name in sorted(used))]
        if any(_GRAPH.search(each) for each in (node.raw_code, *(self.texts[name] for name in used))):
            held += [path + (digest if path.endswith(".yml") else "") for path, digest in self.digests.items()]
        return hashlib.md5("\0".join(held).encode(), usedforsecurity=False).hexdigest()

    def _seen_of(self, key: str) -> str:
        """What can be seen of a parent: its name, and what a seed holds."""
        parent = self.manifest.nodes.get(key) or self.manifest.sources[key]
        held = self.digests.get(parent.original_file_path, "") if str(parent.resource_type) == "seed" else ""
        return f"{parent.relation_name} {held}"

    def _used(self, text: str) -> set[str]:
        """The macros that are named in a text, and in those macros."""
        used: set[str] = set()
        waiting = self._names_in(text)
        while waiting:
            name = waiting.pop()
            if name not in used:
                used.add(name)
                if name not in self.named:
                    self.named[name] = self._names_in(self.texts[name])
                waiting |= self.named[name]
        return used

    def _names_in(self, text: str) -> set[str]:
        return {word for word in _WORD.findall(text) if word in self.texts}


def _to_compile(parsed: dict[str, Node], former: Compiled) -> list[str]:
    """The models and tests whose SQL may be another than in the former file."""
    return [
        key
        for key, node in parsed.items()
        if node.kind != "seed" and (key not in former.nodes or node.written_from != former.nodes[key].written_from)
    ]


def _with_sql(parsed: dict[str, Node], sql: dict[str, str], contents: dict[str, str]) -> dict[str, Node]:
    """The nodes with their SQL, and the version that follows from all of it."""
    nodes: dict[str, Node] = {}
    for key, bare in parsed.items():
        held = [
            contents.get(key, ""),
            *(sql.get(key, ""), bare.materialized, bare.relation, bare.description),
            *(bare.has_contract, [asdict(column) for column in bare.columns]),
            [nodes[parent].version for parent in bare.parents],
        ]
        version = hashlib.md5(json.dumps(held).encode(), usedforsecurity=False).hexdigest()
        nodes[key] = replace(bare, sql=sql.get(key, ""), version=version)
    return nodes
