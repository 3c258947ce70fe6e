"""Lines of text with what stands around them, and the questions that every finder of tables asks of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ingest.documents.model import TableKind
from ingest.flat import shapes
from ingest.flat.rows import Piece

_WIDE = 8
"""Columns of a table from which on heads in its left half alone are no heads of its columns."""

Rows = list[list[Piece]]


@dataclass(slots=True)
class Line:
    """One line of a block: its text as found, whether blank space stood before it, and whose it is."""

    text: str
    gap: bool
    block: int
    page: int | None
    confidence: float | None

    def piece(self, text: str) -> Piece:
        return Piece(shapes.bare(text), self.page, self.confidence)


@dataclass(slots=True)
class Found:
    """A table found at lines [start, end)."""

    start: int
    end: int
    rows: Rows
    kind: TableKind = "flat"


def is_table(rows: Rows) -> bool:
    """Two rows and two values at least, one of them a number or several marks for nothing; no sentence in the cells."""
    texts = [piece.text for row in rows for piece in row]
    numbers = sum(shapes.is_number(text) for text in texts)
    nothings = sum(shapes.is_nothing(text) for text in texts)
    return len(rows) >= 2 and numbers + nothings >= 2 and (numbers > 0 or nothings >= 3)


def is_small_table(rows: Rows) -> bool:
    """A row of heads and rows below it as long, of a label and values: cells have marks, so one value is enough."""
    if len(rows) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        return False
    heads, *others = rows
    return all(shapes.is_label(piece.text) for piece in heads) and all(
        shapes.is_label(row[0].text) and all(shapes.is_value(piece.text) for piece in row[1:]) for row in others
    )


def is_grid(rows: Rows) -> bool:
    """Whether rows are so alike in length that their columns are real ones."""
    return len(rows) > 2 and len({len(row) for row in rows}) == 1 and len(rows[0]) > 2


def is_packed(rows: list[list[str]]) -> bool:
    """
    Whether cells were pushed to the left, so that what is left of the spans stands at the ends of the rows.

    Then as many values, right after the labels of a row, begin at different places, or several heads stand in the
    left half of a wide table whose values fill its rows.
    """
    starts = defaultdict[int, set[int]](set)
    heads = widest = 0
    for row in rows:
        places = [at for at, text in enumerate(row) if shapes.is_value(text)]
        length = filled_length(row)
        if not places and 1 < length <= len(row) // 2 and all(row[:length]):
            heads += 1
        if len(places) > 1 and places[-1] - places[0] == len(places) - 1 == length - 1 - places[0]:
            widest = max(widest, length)
            if places[0] and all(row[: places[0]]):
                starts[len(places)].add(places[0])
    is_wide = widest >= _WIDE and max(len(row) for row in rows) == widest
    return (heads > 1 and is_wide) or any(len(places) > 1 for places in starts.values())


def filled_length(row: list[str]) -> int:
    """How many cells a row has without the empty ones at its end; one at least."""
    return max((at for at, text in enumerate(row, start=1) if text), default=1)


def chunk_end(lines: list[Line], start: int, end: int) -> int:
    """Where the lines without blank space between them end."""
    at = start + 1
    while at < end and not lines[at].gap:
        at += 1
    return at


def ends_in_values(text: str) -> bool:
    """A label and then values, parted by blanks."""
    label, values = label_and_values(text)
    return bool(values) and (shapes.is_label(label) or (len(values) > 1 and shapes.is_piece(label)))


def label_and_values(text: str) -> tuple[str, list[str]]:
    label, values = shapes.bare(text), list[str]()
    if len(label) > 4 * shapes.LONGEST_LABEL:
        return label, values
    while len(pieces := label.rsplit(maxsplit=1)) == 2 and shapes.is_value(pieces[1]):
        label, values = pieces[0], [pieces[1], *values]
    return label, values


def is_heading(lines: list[Line], at: int, end: int) -> bool:
    """
    Whether a line that begins with 一、 heads a chapter; else it is the label of a row.

    A label is followed by its values, or by enumerated labels (and a unit) and then values; a heading by anything else.
    """
    if not shapes.is_chapter(lines[at].text):
        return False
    labels: list[str] = []
    for line in lines[at + 1 : min(at + 12, end)]:
        if ends_in_values(line.text) or shapes.values_of(line.text):
            break
        if not shapes.is_one_han(line.text) and not shapes.is_unit(line.text):
            labels.append(line.text)
    else:
        return True
    if labels and 0 < shapes.chapter_number(labels[0]) <= shapes.chapter_number(lines[at].text):
        return True
    return not all(shapes.is_enumerated(label) for label in labels[:-1]) or (
        len(labels) == 1 and not shapes.is_enumerated(labels[0]) and len(labels[0].strip()) > 8
    )
