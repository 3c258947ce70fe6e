"""The rooms of Python: ingest stands alone, nothing is imported in a circle, and no two files share a name."""

from __future__ import annotations

import ast
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

from helpers.command import ROOT

PACKAGES = ("gongkai", "ingest")


def modules() -> dict[str, Path]:
    """Every module of both packages by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of ours that a file imports, wherever in it, also for types alone."""
    wanted: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            wanted |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            assert node.module is not None
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            # What is imported out of a package is a module of its own, or stands in the package's own file.
            wanted |= inner & known.keys() if inner <= known.keys() else {node.module, *(inner & known.keys())}
    return wanted & known.keys()


def test_ingest_imports_nothing_of_gongkai() -> None:
    known = modules()
    found = {
        f"{name} imports {other}"
        for name, path in known.items()
        if name.split(".")[0] == "ingest"
        for other in imports(path, known)
        if other.split(".")[0] == "gongkai"
    }
    assert found == set()


def test_nothing_is_imported_in_a_circle() -> None:
    known = modules()
    order = list(TopologicalSorter({name: imports(path, known) for name, path in known.items()}).static_order())
    assert set(order) == set(known)


def test_no_two_files_share_a_name() -> None:
    """But a command's file, which has the name of its command."""
    names = Counter(
        path.name for path in modules().values() if path.name != "__init__.py" and path.parent.name != "commands"
    )
    assert [name for name, count in names.items() if count > 1] == []
