"""Tables without ruling lines: rows are told by their values, columns by where values stand below each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.documents.model import Cell, Table
from ingest.flat import shapes
from ingest.layout.labels import CLOSE, SAME_START, label_rows
from ingest.layout.marks import Line, are_alike, box_of, confidence_of, line_of

_GAP = 0.45
_FEWEST_ROWS = 3
_WIDE_ROW = 5
_MOST_LABELS_BETWEEN = 8
_MOST_HEADS = 14
_LONGEST_PIECE = 45
_ALIGNED = 0.6


Column = tuple[float, float]
"""Left and right edge of a column of values."""


@dataclass(slots=True)
class Found:
    """A table in lines [start, end)."""

    start: int
    end: int
    table: Table


PageOf = Callable[[float], int]
"""The page of what stands at a height."""


@dataclass(slots=True)
class _Row:
    """A line cut into label pieces and cells, cells being values, units and what stands between them."""

    line: Line
    labels: list[Line]
    cells: list[Line]
    text: str = field(default="")

    @property
    def values(self) -> list[Line]:
        return [cell for cell in self.cells if shapes.is_value(cell.text)]


def tables_of(lines: list[Line], page_of: PageOf) -> list[Found]:
    """Tables in lines from top to bottom; lines of several pages stand below each other."""
    rows = [_cut(line) for line in lines]
    anchors = [_is_anchor(row) for row in rows]
    anchors = [is_anchor or _is_lone_value(rows, anchors, at) for at, is_anchor in enumerate(anchors)]
    found: list[Found] = []
    done = at = 0
    while at < len(rows):
        if not anchors[at]:
            at += 1
            continue
        end = _end(rows, anchors, at)
        start = _start(rows, anchors, at, done)
        table = _table(rows[start:end], at - start, anchors[start:end], page_of)
        if table is not None:
            found.append(Found(start, end, table))
            done = end
        at = end
    return found


def _cut(line: Line) -> _Row:
    segments = line.segments(_GAP)
    first = len(segments)
    while first and _is_cell(segments[first - 1]):
        first -= 1
    return _Row(line, segments[:first], segments[first:], line.text)


def _is_cell(segment: Line) -> bool:
    text = segment.text
    return shapes.is_value(text) or shapes.is_unit(text) or text == "无"


def _is_anchor(row: _Row) -> bool:
    """Whether a line is a row of a table: values (or a unit, where a value is blank) after a label, or values alone."""
    if not row.labels:
        return len(row.values) > 1
    if not row.cells:
        return False
    label = "".join(piece.text for piece in row.labels)
    return shapes.is_label(label) or (shapes.is_open(label) and not shapes.is_prose(label))


def _is_lone_value(rows: list[_Row], anchors: list[bool], at: int) -> bool:
    """Whether a line is a single value, or a unit and its value, in columns of the rows around it: its label is wrapped
    above and below."""
    row = rows[at]
    if row.labels or len(row.values) != 1 or not shapes.is_value(row.cells[-1].text):
        return False
    near = [index for index in range(max(at - 4, 0), min(at + 5, len(rows))) if anchors[index]]
    value = (row.cells[-1].x0, row.cells[-1].x1)
    return any(_shared(value, (cell.x0, cell.x1)) > 0 for index in near for cell in rows[index].cells)


def _end(rows: list[_Row], anchors: list[bool], start: int) -> int:
    """Where the table that begins at a row ends: pieces of labels may stand between rows, and close below the last."""
    end = at = start + 1
    while at < len(rows) and at - end <= _MOST_LABELS_BETWEEN:
        if anchors[at]:
            if rows[start].labels and not rows[at].labels and any(len(row.labels) > 2 for row in rows[end:at]):
                break  # heads and then values alone: the next table
            end = at + 1
        elif not _is_piece(rows[at]) or _is_heading(rows, anchors, at):
            break
        at += 1
    while end < len(rows) and _is_tail(rows[end - 1], rows[end]) and not _is_heading(rows, anchors, end):
        end += 1
    return end


def _is_piece(row: _Row) -> bool:
    """Whether a line may be a label or a part of one."""
    return len(row.text) <= _LONGEST_PIECE and not shapes.is_prose(row.text) and not shapes.is_table_title(row.text)


def _is_tail(above: _Row, row: _Row) -> bool:
    """Whether a line goes on with the label of the row above it."""
    close = _is_close(above.line, row.line)
    aligned = bool(row.labels and above.labels) and abs(row.line.x0 - above.labels[-1].x0) < SAME_START
    return (
        close
        and aligned
        and are_alike(above.line, row.line)
        and not row.cells
        and _is_piece(row)
        and not shapes.is_enumerated(row.text)
    )


def _is_heading(rows: list[_Row], anchors: list[bool], at: int) -> bool:
    """Whether a line that begins with 一、 heads a chapter: what follows up to the next row is no enumerated label."""
    if not shapes.is_chapter(rows[at].text) or rows[at].cells:
        return False
    after = rows[at + 1 : at + 2 + _MOST_LABELS_BETWEEN]
    for number, row in enumerate(after, at + 1):
        if not shapes.is_enumerated(row.text):
            return True
        if anchors[number]:
            return False
    return True


def _start(rows: list[_Row], anchors: list[bool], first: int, done: int) -> int:
    """Where the table begins: at the column heads above its first row."""
    start = first
    while start > max(done, first - _MOST_HEADS):
        row = rows[start - 1]
        far = rows[start].line.middle - row.line.middle > 4 * max(row.line.size, rows[start].line.size)
        if anchors[start - 1] or far or not _is_piece(row) or (shapes.is_chapter(row.text) and len(row.labels) < 2):
            break
        start -= 1
    # a line alone above everything else is the table's name or the end of a text, unless it is a head in brackets
    while start < first and _is_apart(rows[start], rows[start + 1]):
        start += 1
    return start


def _is_apart(row: _Row, below: _Row) -> bool:
    """Whether a line above a table is none of its heads or labels: alone, and not close above the next line."""
    if len(row.labels) > 1 or row.text[:1] in "（(第" or shapes.is_enumerated(row.text):
        return False
    return below.line.middle - row.line.middle > row.line.size


def _table(rows: list[_Row], heads: int, anchors: list[bool], page_of: PageOf) -> Table | None:
    """The table of these lines, None where they are none after all."""
    filled = [row for row, is_anchor in zip(rows, anchors, strict=True) if is_anchor]
    columns = _columns(filled)
    if not columns or not _is_table(filled, columns):
        return None
    labels_end = max((row.labels[-1].x1 for row in filled if row.labels), default=0.0)
    heads_below = [
        at
        for at in range(heads, len(rows))
        if not anchors[at] and len(rows[at].labels) > 1 and rows[at].labels[-1].x0 > labels_end
    ]
    texts: list[list[list[Line]]] = []
    for first, last in pairwise([0, *heads_below, len(rows)]):
        if any(anchors[first:last]):
            texts += _part(rows[first:last], anchors[first:last])
        else:
            texts += [[[piece] for piece in row.labels + row.cells] for row in rows[first:last]]
    cells = [
        _model_cell(number, col, pieces, page_of)
        for number, row in enumerate(texts, 1)
        for col, pieces in enumerate(row, 1)
    ]
    page = next(cell.page for cell in cells if cell.page)
    for cell in cells:
        page = cell.page = cell.page or page
    return Table(cells, kind="flat")


def _part(rows: list[_Row], anchors: list[bool]) -> list[list[list[Line]]]:
    """Rows under one set of column heads: pieces of text by row and column."""
    filled = [row for row, is_anchor in zip(rows, anchors, strict=True) if is_anchor]
    heads = anchors.index(True)
    columns = _columns(filled)
    for row in filled:
        _take_glued(row, columns)
    has_labels = any(row.labels for row in filled)
    # a line close above the first row is the beginning of its label, not a head
    while heads and len(rows[heads - 1].labels) == 1 and _is_close(rows[heads - 1].line, rows[heads].line):
        heads -= 1
    blocks = _heads([row.labels + row.cells for row in rows[:heads]])
    labels_end = max((row.labels[-1].x1 for row in filled if row.labels), default=0.0)
    columns = _with_empty(columns, blocks, labels_end)
    wanted = _head_rows(blocks, columns, labels_end)
    # what looks like a value in a line that is no row is a part of the label there
    body = [
        (row.labels, row.cells) if anchors[number] else (row.labels + row.cells, [])
        for number, row in enumerate(rows)
        if number >= heads
    ]
    for labels, cells in label_rows(body):
        texts = labels or [[]]
        if cells:
            places: list[list[Line]] = [[] for _ in columns]
            for cell in cells:
                places[_nearest(columns, cell)].append(cell)
            texts = [*texts, *places] if labels or has_labels else places
        wanted.append(texts)
    return wanted


def _with_empty(columns: list[Column], blocks: list[list[Line]], labels_end: float) -> list[Column]:
    """The columns with those that hold no value: known from their heads."""
    leaves = [_width(block) for block in blocks if _is_leaf(block, blocks)]
    empty = [
        leaf for leaf in leaves if sum(leaf) / 2 > labels_end and all(_shared(leaf, column) <= 0 for column in columns)
    ]
    return sorted([*columns, *empty])


def _head_rows(blocks: list[list[Line]], columns: list[Column], labels_end: float) -> list[list[list[Line]]]:
    """Heads of several columns in rows as they stand; those of one column in one row, each at its column."""
    rows: list[list[list[Line]]] = []
    labels: list[list[Line]] = []
    places: list[list[Line]] = [[] for _ in columns]
    for block in blocks:
        if not _is_leaf(block, blocks):
            if rows and abs(rows[-1][0][0].middle - block[0].middle) < block[0].size:
                rows[-1].append(block)
            else:
                rows.append([block])
        elif sum(_width(block)) / 2 <= labels_end:
            labels.append(block)
        else:
            places[_nearest(columns, line_of([glyph for piece in block for glyph in piece.glyphs]))] += block
    if any(places):
        rows.append([*(labels or [[]][: labels_end > 0]), *places])
    elif labels:
        rows += [[label] for label in labels]
    return rows


def _is_leaf(block: list[Line], blocks: list[list[Line]]) -> bool:
    """Whether no other head stands below a head."""
    return not any(other[0].middle > block[-1].middle and _is_over(block, other) for other in blocks)


def _width(block: list[Line]) -> Column:
    return min(piece.x0 for piece in block), max(piece.x1 for piece in block)


def _is_over(block: list[Line], other: list[Line]) -> bool:
    """Whether a head stands over (part of) another one."""
    left, right = _width(block)
    return any(piece.x0 < right and left < piece.x1 for piece in other)


def _shared(one: Column, other: Column) -> float:
    return min(one[1], other[1]) - max(one[0], other[0])


def _take_glued(row: _Row, columns: list[Column]) -> None:
    """A value that touches its label is a cell of its own, as the column shows."""
    if not row.labels or not any(left <= row.labels[-1].x1 for left, _ in columns):
        return
    *others, last = row.labels
    cut = len(last.glyphs)
    while cut > 1 and any(
        left - 1 <= last.glyphs[cut - 1].x0 and last.glyphs[cut - 1].x1 <= right + 1 for left, right in columns
    ):
        cut -= 1
    if cut < len(last.glyphs):
        value = line_of(last.glyphs[cut:])
        if shapes.is_value(value.text):
            row.labels, row.cells = [*others, line_of(last.glyphs[:cut])], [value, *row.cells]


def _is_close(above: Line, below: Line) -> bool:
    return below.middle - above.middle <= CLOSE * max(above.size, below.size)


def _model_cell(row: int, col: int, pieces: list[Line], page_of: PageOf) -> Cell:
    """A cell; one without pieces has no page of its own."""
    text = ""
    for piece in pieces:
        text = shapes.join_lines(text, piece.text)
    glyphs = [glyph for piece in pieces for glyph in piece.glyphs]
    page = page_of(pieces[0].middle) if pieces else None
    return Cell(row, col, text, page=page, confidence=confidence_of(glyphs), box=box_of(glyphs))


def _is_table(rows: list[_Row], columns: list[Column]) -> bool:
    """Rows enough, or one very wide one; values mostly below each other; no table of contents."""
    values = [value for row in rows for value in row.values]
    several = [row for row in rows if len(row.values) > 1]
    if len(rows) < _FEWEST_ROWS and len(several) < 2 and max(len(row.values) for row in rows) < _WIDE_ROW:
        return False
    single = [(row.text, row.values[0].text) for row in rows if len(row.cells) == 1 == len(row.values)]
    if len(single) == len(rows) and shapes.is_contents(single):
        return False
    counts = [0] * len(columns)
    for value in values:
        counts[_nearest(columns, value)] += 1
    aligned = sum(count for count in counts if count > 1)
    return aligned >= _ALIGNED * len(values) or len(rows) == 1


def _columns(rows: list[_Row]) -> list[Column]:
    """Left and right edges of columns: cells that overlap from above are one."""
    columns: list[Column] = []
    for left, right in sorted((cell.x0, cell.x1) for row in rows for cell in row.cells):
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _nearest(columns: list[Column], cell: Line) -> int:
    middle = (cell.x0 + cell.x1) / 2
    return min(range(len(columns)), key=lambda index: abs(sum(columns[index]) / 2 - middle))


def _heads(rows: list[list[Line]]) -> list[list[Line]]:
    """Column heads from top to bottom, pieces of one head that stand close below each other together."""
    heads: list[list[Line]] = []
    for segments in rows:
        fresh: list[list[Line]] = []
        for segment in segments:
            above = next((head for head in heads if _is_under(segment, head[-1])), None)
            if above is not None:
                above.append(segment)
            else:
                fresh.append([segment])
        heads += fresh
    return heads


def _is_under(segment: Line, above: Line) -> bool:
    shared = min(segment.x1, above.x1) - max(segment.x0, above.x0)
    close = segment.middle > above.middle and _is_close(above, segment)
    return close and shared > 0.5 * min(segment.x1 - segment.x0, above.x1 - above.x0)
