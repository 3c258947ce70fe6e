"""How far a long command is: a bar on a terminal; elsewhere, as in the log of a CI job, a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gongkai.console import err, safe

Follow = Callable[[int, int | None, str], None]
"""Called with what is done, what there is in all (None where that is not known yet), and what goes on now."""

EVERY = 15.0
"""Seconds between two lines where there is no terminal; what takes less says nothing."""


class Lines:
    """Lines on stderr, one in `EVERY` seconds, of what is called much oftener."""

    def __init__(self, word: str, unit: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.word = word
        self.unit = unit
        self.clock = clock
        self.began = self.last = clock()

    def __call__(self, done: int, total: int | None, what: str) -> None:
        now = self.clock()
        if now - self.last < EVERY:
            return
        self.last = now
        of_all = f" of {total}" if total else ""
        going_on = f": {what}" if what else ""
        line = f"{self.word}: {done}{of_all} {self.unit} after {now - self.began:.0f} s{going_on}"
        err.print(safe(line), markup=False)


@contextmanager
def following(word: str, unit: str) -> Iterator[Follow]:
    """Show how far something is until the block ends; `word` says what goes on, `unit` what is counted."""
    if not err.is_terminal:
        yield Lines(word, unit)
        return
    columns = (
        *(TextColumn(word), BarColumn(), MofNCompleteColumn(), TextColumn(unit)),
        *(TimeElapsedColumn(), TextColumn("{task.description}")),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task("", total=None)
        yield lambda done, total, what: progress.update(
            bar, completed=done, total=total or None, description=safe(what)
        )
