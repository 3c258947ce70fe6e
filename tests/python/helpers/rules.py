"""Copies of the rules of the project that a test may break."""

from __future__ import annotations

import shutil
from pathlib import Path

from helpers.command import ROOT

FIGURES = "seeds/prose/prose_figures.csv"
LABELS = "seeds/forms/form_labels.csv"


def copy_of_rules(folder: Path) -> Path:
    """The folder with a copy of all seeds, and the models and macros that they are checked with."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    for name in ("models", "macros"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def change(project: Path, file: str, old: str, new: str) -> int:
    """Change the first such text of a seed; gives back the line on which it stood."""
    text = (project / file).read_text("utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new, 1), "utf-8")
    return text.count("\n", 0, text.index(old)) + 1
