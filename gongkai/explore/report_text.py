"""A report's own text, cut into pieces so that every number that was read, left out or not read is marked in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gongkai.explore.answers import Ask
from gongkai.explore.library import Row
from gongkai.reports.evidence import value_within

Place = tuple[object, ...]
"""A block (its number) or a cell (table, row, column)."""

_MOST_PLACES = 40_000
"""Places of a table up to which holes are filled, so that columns stand below each other."""


@dataclass(slots=True)
class Mark:
    """Characters of a block or cell and what became of them: observations read from them, or why there are none."""

    start: int
    end: int
    outcome: str
    observation_ids: list[str] = field(default_factory=list)
    reason: str | None = None
    is_chosen: bool = False
    has_finding: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters, marked or not, cut where words that were looked for begin and end."""

    texts: tuple[tuple[str, bool], ...]
    mark: Mark | None


@dataclass(slots=True)
class Cell:
    """A cell of a table as HTML has it."""

    pieces: list[Piece]
    row_span: int = 1
    col_span: int = 1


@dataclass(slots=True)
class Part:
    """A heading or paragraph with its pieces, a table with its rows, or the name of another file that follows."""

    kind: str
    anchor: str
    page: int | None
    pieces: list[Piece] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


def report_text(
    ask: Ask, document_id: str, figures: list[Row], numbers: list[Row], words: Sequence[str], prefix: str
) -> list[Part]:
    """Blocks and tables of a document in their order, with the marks of its figures and of its other numbers.

    `words`, in small letters, are what was looked for, and are marked too. `prefix` stands before the names of places:
    pages are told of the report's own file alone, which has none.
    """
    marks = _marks(figures, numbers)
    document = {"document_id": document_id}
    blocks = ask.publication.rows(
        "select block_no, kind, page, text from raw.blocks where document_id = $document_id order by block_no", document
    )
    texts = {(row["block_no"],): str(row["text"]) for row in blocks}
    cells = ask.publication.rows(
        "select table_no, row_no, col_no, row_span, col_span, page, text, after_block_no from raw.table_cells "
        "where document_id = $document_id order by table_no, row_no, col_no",
        document,
    )
    tables: dict[int, list[Row]] = defaultdict(list)
    for cell in cells:
        tables[int(str(cell["table_no"]))].append(cell)
    after: dict[int, list[Part]] = defaultdict(list)
    for number, own in tables.items():
        part = Part("table", f"{prefix}t{number}", _page(own[0]) if not prefix else None)
        part.rows = _table_rows(number, own, marks, words)
        after[int(str(own[0]["after_block_no"]))].append(part)
    parts = list(after[0])
    for row in blocks:
        number = int(str(row["block_no"]))
        text = texts[number,]
        found = [_narrowed(mark, text, evidence) for mark, evidence in marks.get((number,), [])]
        parts.append(
            Part(str(row["kind"]), f"{prefix}b{number}", _page(row) if not prefix else None, pieces(text, found, words))
        )
        parts += after[number]
    return parts


def _page(row: Row) -> int | None:
    return int(str(row["page"])) if row["page"] is not None else None


def _marks(figures: list[Row], numbers: list[Row]) -> dict[Place, list[tuple[Mark, Row | None]]]:
    """Marks by place, each with the reading that it comes from, whose number is looked for within its words."""
    chosen = {str(row["observation_id"]) for row in figures if row["is_selected"]}
    found = {str(row["observation_id"]) for row in figures if row["finding_ids"]}
    marks: dict[Place, list[tuple[Mark, Row | None]]] = defaultdict(list)
    for row in figures:
        start, end = row["char_start"], row["char_end"]
        if isinstance(start, int) and isinstance(end, int) and end > start and _place(row) != (None,):
            one = str(row["observation_id"])
            mark = Mark(start, end, "read", [one], None, one in chosen, one in found)
            marks[_place(row)].append((mark, row))
    for row in numbers:
        ids = row["observation_ids"] if isinstance(row["observation_ids"], list) else []
        mark = Mark(
            int(str(row["char_start"])), int(str(row["char_end"])), str(row["outcome"]), [str(each) for each in ids],
            None if row["reason"] is None else str(row["reason"]),
        )  # fmt: skip
        mark.is_chosen = not chosen.isdisjoint(mark.observation_ids)
        mark.has_finding = not found.isdisjoint(mark.observation_ids)
        marks[_place(row)].append((mark, None))
    return marks


def _place(row: Row) -> Place:
    if row["table_no"] is not None:
        return row["table_no"], row["row_no"], row["col_no"]
    return (row["block_no"],)


def _narrowed(mark: Mark, text: str, reading: Row | None) -> Mark:
    """The mark on the number alone, where exactly one number of its words is the value."""
    if reading is None:
        return mark
    value = reading["value"] if reading["original_value"] is None else reading["original_value"]
    within = value_within(text[mark.start : mark.end], value)
    if within is None:
        return mark
    return Mark(
        mark.start + within[0], mark.start + within[1], mark.outcome, mark.observation_ids, mark.reason,
        mark.is_chosen, mark.has_finding,
    )  # fmt: skip


def pieces(text: str, marks: Iterable[Mark], words: Sequence[str] = ()) -> list[Piece]:
    """The text cut at its marks. Marks that overlap become one over the shorter of them, with the readings of all."""
    found = _found(text, words)
    merged: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.end - mark.start, mark.start)):
        if mark.start >= len(text):
            continue
        other = next((each for each in merged if each.start < mark.end and mark.start < each.end), None)
        if other is None:
            merged.append(
                Mark(
                    mark.start,
                    min(mark.end, len(text)),
                    mark.outcome,
                    list(mark.observation_ids),
                    mark.reason,
                    mark.is_chosen,
                    mark.has_finding,
                )
            )
            continue
        if mark.observation_ids:
            other.observation_ids += [each for each in mark.observation_ids if each not in other.observation_ids]
            other.outcome, other.reason = "read", None
        other.is_chosen |= mark.is_chosen
        other.has_finding |= mark.has_finding
    result: list[Piece] = []
    place = 0
    for mark in sorted(merged, key=lambda mark: mark.start):
        if mark.start > place:
            result.append(Piece(_cut(text, place, mark.start, found), None))
        result.append(Piece(_cut(text, mark.start, mark.end, found), mark))
        place = mark.end
    if place < len(text):
        result.append(Piece(_cut(text, place, len(text), found), None))
    return result


def _found(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """From where to where any of the words stands, in order and apart from each other."""
    small = text.lower()
    if not words or len(small) != len(text):  # a few letters become two when made small: places would be off
        small = text
    found: list[tuple[int, int]] = []
    for start, end in sorted(each.span() for word in words for each in re.finditer(re.escape(word), small)):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _cut(text: str, start: int, end: int, found: list[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """A part of a text, cut where what was found begins and ends; true for what was found."""
    parts: list[tuple[str, bool]] = []
    for left, right in found:
        left, right = max(left, start), min(right, end)
        if left >= right:
            continue
        if left > start:
            parts.append((text[start:left], False))
        parts.append((text[left:right], True))
        start = right
    if start < end:
        parts.append((text[start:end], False))
    return tuple(parts)


def _table_rows(
    number: int, cells: list[Row], marks: dict[Place, list[tuple[Mark, Row | None]]], words: Sequence[str]
) -> list[list[Cell]]:
    """The rows of a table, holes filled."""
    at = {(_int(cell, "row_no"), _int(cell, "col_no")): cell for cell in cells}
    height = max(row for row, _ in at)
    width = max(col + _int(cell, "col_span") - 1 for (_, col), cell in at.items())
    fill = height * width <= _MOST_PLACES
    covered: set[tuple[int, int]] = set()
    rows: list[list[Cell]] = []
    for row in range(1, height + 1):
        line: list[Cell] = []
        for col in range(1, width + 1) if fill else sorted(col for own, col in at if own == row):
            cell = at.get((row, col))
            if cell is None:
                if (row, col) not in covered:
                    line.append(Cell([]))
                continue
            down, across = _int(cell, "row_span"), _int(cell, "col_span")
            covered.update((row + y, col + x) for y in range(down) for x in range(across))
            own = [mark for mark, _ in marks.get((number, row, col), [])]
            line.append(Cell(pieces(str(cell["text"]), own, words), down, across))
        rows.append(line)
    return rows


def _int(row: Row, name: str) -> int:
    return int(str(row[name]))
