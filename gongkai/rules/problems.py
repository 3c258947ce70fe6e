"""What is wrong with a rule: where, what, and the nearest thing that would be right."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass

from ingest.errors import GongkaiError

_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `file` relative to the project (or a user's own), the line where its row begins, why."""

    file: str
    line: int
    message: str
    column: str = ""
    value: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        nearest = f"; the nearest is '{self.nearest}'" if self.nearest else ""
        return f"{self.file}:{self.line}: {self.message}{nearest}"


def nearest(value: str, known: Collection[str]) -> str:
    """The known word that is most like the value; empty where none is like it."""
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    return near[0] if near else ""


def shown(value: str) -> str:
    """A value in quotes, cut where it is long."""
    return f"'{value}'" if len(value) <= _SHOWN_CHARACTERS else f"'{value[: _SHOWN_CHARACTERS - 1]}…'"


class BrokenRules(GongkaiError):
    """Rules that must not be built from, with what is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        count = f"{len(problems)} thing{'' if len(problems) == 1 else 's'} wrong in the rules"
        super().__init__(f"{count}; mend what is listed above, then run the command again")
        self.problems = problems
