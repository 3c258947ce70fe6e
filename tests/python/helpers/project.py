"""Copies of the dbt project whose rules a test may change."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from helpers.command import ROOT

Row = dict[str, str]


def copy_project(target: Path) -> Path:
    """A copy of the dbt project whose seeds a test may change."""
    for name in ("models", "seeds", "macros", "tests/generic", "tests/data"):
        shutil.copytree(ROOT / name, target / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, target / name)
    return target


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
