"""What a build tells: its steps as they go on, and what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

Progress = Callable[[int, int, str], None]
"""Called with the number of steps done, the number of all steps, and the name of the step that goes on now."""

SHOWN_ROWS = 5
"""Failing rows that are shown of each test; `dbt build --store-failures` keeps all of them."""


@dataclass(slots=True)
class Failure:
    """A model, seed or test that failed: what it is, where it is written, and why in one line, with failing rows."""

    name: str
    path: str
    message: str
    rows: list[str] = field(default_factory=list)


Status = Literal["success", "error", "skipped", "pass", "fail", "warn"]


@dataclass(frozen=True, slots=True)
class Result:
    """How a node of dbt's graph went, in dbt's words. `rows`: those against the rule of a test."""

    unique_id: str
    status: Status
    started: datetime
    ended: datetime
    message: str = ""
    rows: int | None = None


def now() -> datetime:
    return datetime.now(tz=UTC)


@dataclass(slots=True)
class Outcome:
    """How many steps there were, how each node went, and those that failed or warned. What stands on a failed step was
    not built."""

    steps: int = 0
    results: list[Result] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    warnings: list[Failure] = field(default_factory=list)


def against_the_rule(rows: int) -> str:
    """What is said of a test that found rows."""
    return f"{rows} row{'' if rows == 1 else 's'} against the rule"


def as_lines(rows: list[dict[str, object]]) -> list[str]:
    """Rows as they are shown: a line each, without what is NULL."""
    return [", ".join(_fields(row)) for row in rows]


def _fields(row: Mapping[str, object]) -> Iterator[str]:
    return (f"{name}={value}" for name, value in row.items() if value is not None)
