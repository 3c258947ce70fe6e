"""Rows out of a plain sequence of cells, where nothing but their shape tells where a row begins."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from ingest.flat import shapes

_WIDE_ROW = 5
_LONGEST_HEAD = 20


@dataclass(slots=True)
class Piece:
    """A cell's text before it has a place, with the page and OCR confidence of the line that it came from."""

    text: str
    page: int | None = None
    confidence: float | None = None


def rows_of(pieces: list[Piece]) -> list[list[Piece]]:
    """
    Rows of a cell sequence: a row begins at the label after a value.

    Labels above the first values of a part are column heads or groups and get rows of their own; wrapped labels are
    joined; a line of several values becomes several cells.
    """
    groups = _groups(_spread(pieces))
    heads = Counter(shapes.plain(piece.text) for labels, _ in groups for piece in labels)
    rows: list[list[Piece]] = []
    for number, (labels, values) in enumerate(groups):
        labels = _joined(labels, heads, at_start=number == 0)
        if number == 0:
            labels = [part for piece in labels[:-1] for part in _heads_apart(piece)] + labels[-1:]
        rows += _group_rows(labels, values, alone=_is_alone(groups, number))
    return _rows_joined(rows)


def _rows_joined(rows: list[list[Piece]]) -> list[list[Piece]]:
    """
    Rows with those joined that a label's wrapping cut in two: its rest stands before the rest of the values.

    A row is as long as most others of its table are then.
    """
    counts = Counter(count for row in rows if (count := sum(shapes.is_value(piece.text) for piece in row)))
    width, most = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    if width < _WIDE_ROW or most < 3:
        return rows
    joined: list[list[Piece]] = []
    for row in rows:
        last = joined[-1] if joined else []
        if len(last) > 1 < len(row) and len(last) + len(row) - 2 == width and _is_rest(last, row):
            label = Piece(shapes.join_lines(last[0].text, row[0].text), last[0].page, last[0].confidence)
            joined[-1] = [label, *last[1:], *row[1:]]
        else:
            joined.append(row)
    return joined


def _is_rest(above: list[Piece], row: list[Piece]) -> bool:
    """Whether a row goes on with the one above: a numbered label and values, a label without a number and values."""
    return (
        shapes.is_enumerated(above[0].text)
        and not shapes.is_enumerated(row[0].text)
        and not shapes.is_value(row[0].text)
        and all(shapes.is_value(piece.text) for piece in [*above[1:], *row[1:]])
    )


def _spread(pieces: list[Piece]) -> list[Piece]:
    """Lines of several values as one piece a value, those of a label and its first value, or more, as a piece each."""
    spread: list[Piece] = []
    for piece in pieces:
        values = shapes.values_of(piece.text)
        cells = piece.text.split()
        if len(values) > 1:
            spread += [Piece(value, piece.page, piece.confidence) for value in values]
        elif (
            len(cells) > 1
            and all(map(shapes.is_value, cells[1:]))
            and (
                shapes.is_enumerated(cells[0]) or (len(cells) == 2 and len(cells[0]) > 1 and shapes.is_label(cells[0]))
            )
        ):
            spread += [Piece(cell, piece.page, piece.confidence) for cell in cells]
        else:
            spread.append(piece)
    return spread


def _groups(pieces: list[Piece]) -> list[tuple[list[Piece], list[Piece]]]:
    """The sequence cut into (labels, values that follow them)."""
    groups: list[tuple[list[Piece], list[Piece]]] = []
    labels: list[Piece] = []
    values: list[Piece] = []
    for piece in pieces:
        if _continues_values(piece, values):
            values.append(piece)
        else:
            if values:
                groups.append((labels, values))
                labels, values = [], []
            labels.append(piece)
    groups.append((labels, values))
    return groups


def _continues_values(piece: Piece, values: list[Piece]) -> bool:
    text = shapes.bare(piece.text)
    # 无 and an empty cell are values only beside other values: alone they may be a text or a group's blank
    return shapes.is_value(text) or (bool(values) and text in ("", "无"))


def _is_alone(groups: list[tuple[list[Piece], list[Piece]]], number: int) -> bool:
    """Whether this group has the only values of its kind: no neighbour has as many."""
    count = len(groups[number][1])
    near = groups[max(number - 1, 0) : number] + groups[number + 1 : number + 2]
    return all(len(values) != count for _, values in near)


def _joined(labels: list[Piece], heads: Counter[str], at_start: bool) -> list[Piece]:
    """Labels with those joined that one cell's wrapping cut: open brackets, one character a line, short tails."""
    joined: list[Piece] = []
    for piece in labels:
        text = shapes.bare(piece.text)
        last = joined[-1] if joined else None
        if last is not None and text == "元" and shapes.bare(last.text).endswith("万"):
            rest = shapes.bare(shapes.bare(last.text)[:-1])
            joined[-1:] = [replace(last, text=rest)] if rest else []
            joined.append(Piece("万元", piece.page, piece.confidence))
        elif last is not None and _goes_on(shapes.bare(last.text), text, heads, at_start):
            joined[-1] = Piece(shapes.join_lines(last.text, text), last.page, last.confidence)
        elif text:
            joined.append(Piece(text, piece.page, piece.confidence))
    return joined


def _heads_apart(piece: Piece) -> list[Piece]:
    """Heads that stand in one line with a blank between; a line with anything else in it stays as it is."""
    heads = piece.text.split()
    if len(heads) < 2 or not all(
        1 < len(head) <= _LONGEST_HEAD and shapes.is_label(head) and not shapes.is_enumerated(head) for head in heads
    ):
        return [piece]
    return [replace(piece, text=head) for head in heads]


def _goes_on(before: str, text: str, heads: Counter[str], at_start: bool) -> bool:
    if shapes.is_open(before) or (text and text[0] in "）)、，,/"):
        return True
    if shapes.is_one_han(text) and not shapes.is_unit(text):
        return shapes.is_enumerated(before) or len(before) <= 8
    if at_start or shapes.is_enumerated(text) or shapes.is_unit(text):
        return False
    # under the column heads, an enumerated label that is followed by a short piece was wrapped in a narrow column
    return shapes.is_enumerated(before) and len(before) <= 12 and len(text) <= 6 and heads[shapes.plain(text)] == 1


def _group_rows(labels: list[Piece], values: list[Piece], alone: bool) -> list[list[Piece]]:
    """Rows of one group: heads, group labels one a row, and the row of values with its label and unit."""
    if not values:
        return _head_rows(labels, 0)
    unit = labels[-1:] if len(labels) > 1 and shapes.is_unit(labels[-1].text) else []
    rest = labels[: len(labels) - len(unit)]
    if _all_heads(rest, values, alone):
        return [*_head_rows(rest, 0), [*unit, *values]]
    return [*_head_rows(rest[:-1], len(values)), [*rest[-1:], *unit, *values]]


def _all_heads(labels: list[Piece], values: list[Piece], alone: bool) -> bool:
    """Whether even the last label is a column head: heads that repeat, or one wide row under as many heads."""
    if len(labels) < 2 or shapes.is_enumerated(labels[-1].text):
        return False
    last = shapes.plain(labels[-1].text)
    repeats = any(shapes.plain(piece.text) == last for piece in labels[:-1])
    return repeats or (alone and len(values) >= 5 and len(labels) >= len(values))


def _head_rows(heads: list[Piece], width: int) -> list[list[Piece]]:
    """Column heads in one row; enumerated group labels, and a title above a full set of heads, in rows of their own."""
    rows: list[list[Piece]] = []
    row: list[Piece] = []
    for piece in heads:
        if rows and not row and shapes.is_unit(piece.text):
            rows[-1].append(piece)
        elif shapes.is_enumerated(piece.text):
            if row:
                rows.append(row)
            rows.append([piece])
            row = []
        else:
            row.append(piece)
    if width and len(row) == width + 2:
        rows.append(row[:1])
        row = row[1:]
    if row:
        rows.append(row)
    return rows
