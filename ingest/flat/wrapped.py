"""Rows of a table parted by blanks whose labels were broken over lines, put together again."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.flat import shapes
from ingest.flat.lines import Rows
from ingest.flat.rows import Piece

_WIDE_ROW = 5
_ITEM = re.compile(r"\d{1,2}\s?[.．、](?!\d)")


def closes(label: str, text: str) -> bool:
    """Whether a line without values is the rest of a label whose bracket is open."""
    return shapes.is_open(label) and not shapes.is_open(label + text) and len(label + text) <= 2 * shapes.LONGEST_LABEL


def join_wrapped(rows: Rows) -> Rows:
    """
    Rows with those joined to the label above that go on with it.

    They are single characters written downwards, the rest of a bracket, values below a numbered label, and the rest
    of the label of an item (1.), which always has values of its own.
    """
    joined: Rows = []
    for row in rows:
        above = joined[-1] if joined else []
        labels = [at for at, piece in enumerate(above) if not shapes.is_value(piece.text)]
        last = labels[-1] if labels else None
        if last is None:
            joined.append(row)
        elif _are_values_below(above, row):
            above += row
        elif len(row) == 1 and _goes_on(above, last, row[0].text):
            above[last] = _with(above[last], row[0])
        elif (rest := _rest_of_item(above, row)) is not None:
            label, values = row[: rest + 1], row[rest + 1 :]
            joined[-1] = [*above[:-1], *label[:-1], _with(above[-1], label[-1]), *values]
        else:
            joined.append(row)
    return joined


def _with(label: Piece, rest: Piece) -> Piece:
    return replace(label, text=shapes.join_lines(label.text, rest.text))


def _goes_on(above: list[Piece], last: int, text: str) -> bool:
    """Whether a single cell goes on with the last label above it."""
    return (len(above) == 1 and shapes.is_one_han(text)) or closes(above[last].text, text)


def _are_values_below(above: list[Piece], row: list[Piece]) -> bool:
    """Whether a row is the values of the numbered label above it."""
    label = above[-1].text
    return (
        len(row) >= _WIDE_ROW
        and all(shapes.is_value(piece.text) for piece in row)
        and not any(shapes.is_value(piece.text) for piece in above)
        and shapes.is_enumerated(label)
        and not shapes.is_chapter(label)
    )


def _rest_of_item(above: list[Piece], row: list[Piece]) -> int | None:
    """Where in a row the rest of the label of an item stands whose values have not come yet."""
    if not _ITEM.match(above[-1].text) or any(shapes.is_value(piece.text) for piece in above):
        return None
    labels = [at for at, piece in enumerate(row) if not shapes.is_value(piece.text)]
    if not labels or labels != list(range(len(labels))) or shapes.is_enumerated(row[labels[-1]].text):
        return None
    values = len(row) - len(labels)
    return labels[-1] if values == 0 or values >= _WIDE_ROW else None
