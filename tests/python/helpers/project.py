"""Copies of the project whose rules a test may change."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from gongkai.building.compiled import Compiled, read_compiled
from gongkai.building.direct import build_directly
from gongkai.building.outcome import Outcome
from gongkai.warehouse import Warehouse
from helpers.command import ROOT, gongkai_environment, run_forked, run_gongkai
from helpers.processes import PATIENCE
from scripts.compile_rules import compile_rules

Row = dict[str, str]


def copy_project(target: Path) -> Path:
    """A copy of the dbt project, of the package that builds by it, and of what was compiled of its rules."""
    for name in ("gongkai", "ingest", "models", "seeds", "macros", "tests/generic", "tests/data"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, target / name)
    if (compiled := ROOT / "target" / "gongkai").is_dir():
        shutil.copytree(compiled, target / "target" / "gongkai", ignore=shutil.ignore_patterns("*.work.*", "*.lock"))
    return target


def run_in(project: Path, *arguments: str | Path, published: Path) -> subprocess.CompletedProcess[str]:
    """Run `gongkai` as it is in a copy, by the rules of that copy."""
    return run_gongkai(*arguments, published=published, cwd=project, project=project)


def compiled_of(project: Path) -> Compiled:
    """What dbt compiled of the rules of a project, made where it is not there."""
    environment = gongkai_environment() | {"PYTHONPATH": str(project)}
    done = run_forked(_compile, [], environment=environment, cwd=project, project=project)
    assert done.returncode == 0, done.stderr
    compiled = read_compiled(project / "target" / "gongkai" / "compiled.duckdb", "")
    assert compiled is not None
    return compiled


def _compile(_: list[str]) -> None:
    sys.exit(compile_rules([], True))


def compile_listing_slowly(_: list[str]) -> None:
    """Compile the rules where dbt is still listing the tables as it is asked for the next one by another thread."""
    from dbt.adapters.base.impl import BaseAdapter
    from dbt.adapters.cache import RelationsCache

    add, list_relations = RelationsCache.add, BaseAdapter.list_relations
    asking: list[int] = []
    is_listing = threading.Event()

    def add_slowly(self: RelationsCache, relation: object) -> None:
        add(self, relation)
        is_listing.set()
        time.sleep(0.02)

    def list_behind_the_first(self: BaseAdapter, *given: str) -> object:
        asking.append(threading.get_ident())
        if asking[-1] != asking[0]:
            is_listing.wait(PATIENCE)
        return list_relations(self, *given)

    RelationsCache.add, BaseAdapter.list_relations = add_slowly, list_behind_the_first
    _compile([])


def build_models(published: Path, *names: str, project: Path = ROOT, with_tests: bool = False) -> Outcome:
    """Build models and all that they stand on from what is landed, by the rules of a project, and publish nothing.

    `with_tests`: with the data tests of all that, too; otherwise those alone that are named.
    """
    compiled = compiled_of(project)
    wanted = {key for key, node in compiled.nodes.items() if node.name in names}
    for key, node in reversed(compiled.nodes.items()):  # each stands behind all that it stands on
        if key in wanted:
            wanted.update(node.parents)
    if with_tests:
        tests = [node for node in compiled.nodes.values() if node.kind == "test" and wanted.issuperset(node.parents)]
        wanted |= {node.unique_id for node in tests}
    left_out = compiled.nodes.keys() - wanted
    return build_directly(project, Warehouse(published), compiled, left_out=left_out, progress=lambda *_: None)


def edit_seed(project: Path, seed: str, edit: Callable[[Row], None], *more: Row) -> None:
    """Change each row of a seed in place and add rows, whose other fields are empty, as an analyst would."""
    path = project / "seeds" / f"{seed}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        names = list(reader.fieldnames or [])
        rows = list(reader)
    for row in rows:
        edit(row)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, *more])
