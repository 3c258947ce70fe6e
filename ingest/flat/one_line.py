"""Tables run into one line of a text, their cells parted by single blanks."""

from __future__ import annotations

import re
from itertools import pairwise

from ingest.flat import shapes

_SHORTEST = 60
_FEWEST_VALUES = 8
_FEWEST_ROWS = 3
_LEAST_SHARE = 0.25
"""Of the cells of a table, how many are values: one in three where each row has a label, a unit and a value."""
_CELL = re.compile(r"\S+")
_VALUES = re.compile(r"(?<!\S)[-+\d/—－０-９][\d.,]{0,12}\S{0,2}(?!\S)")


def split_tables(text: str) -> list[str]:
    """The line with every cell of the tables in it as a piece of its own; the line alone where it holds none."""
    if (
        len(text) < _SHORTEST
        or len(text.split()) < _FEWEST_VALUES
        or _has_marks(text)
        or len(_VALUES.findall(text)) < _FEWEST_VALUES
    ):
        return [text]
    pieces: list[str] = []
    done = 0
    for run in _runs(text):
        values = [at for at, cell in enumerate(run) if shapes.is_value(cell[0])]
        if len(values) < _FEWEST_VALUES or len(values) < _LEAST_SHARE * (values[-1] + 1):
            continue
        rows = sum(after - before > 1 for before, after in pairwise(values)) + 1
        if rows < _FEWEST_ROWS and values[0] < len(values):  # a row, and not all heads above it
            continue
        cells = run[: values[-1] + 1]
        pieces += [text[done : cells[0].start()], *(cell[0] for cell in cells)]
        done = cells[-1].end()
    pieces.append(text[done:])
    return [piece for piece in pieces if shapes.bare(piece)] or [text]


def _has_marks(text: str) -> bool:
    return "\t" in text or any(bar in text for bar in shapes.BARS)


def _runs(text: str) -> list[list[re.Match[str]]]:
    """The runs of cells between pieces of prose."""
    runs: list[list[re.Match[str]]] = [[]]
    for cell in _CELL.finditer(text):
        if shapes.is_value(cell[0]) or shapes.is_label(cell[0]):
            runs[-1].append(cell)
        elif runs[-1]:
            runs.append([])
    return runs
