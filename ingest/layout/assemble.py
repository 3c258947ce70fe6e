"""Pages of marks to the parts of a document, in reading order."""

from __future__ import annotations

from collections.abc import Iterator

from ingest import flat_tables
from ingest.flat import shapes
from ingest.layout import columns
from ingest.layout.grids import Grid, grids_of
from ingest.layout.labels import SAME_START
from ingest.layout.marks import Line, PageMarks, lines_of
from ingest.layout.paragraphs import Margins, PagedLine, margins_of, paragraphs_of, running_texts
from ingest.layout.tables import Draft, draft_of, goes_on, join
from ingest.model import Block, Table

_FEWEST_RULINGS = 3
_LONGEST_REST = 6

Item = PagedLine | Draft | Table


def parts_of(pages: list[PageMarks]) -> list[Block | Table]:
    """Blocks and tables of the pages; heads and feet of pages come once, page numbers not at all."""
    grids = [_grids(page) for page in pages]
    lines = [
        [PagedLine(line, page.number, line.text) for line in _outside(page, page_grids)]
        for page, page_grids in zip(pages, grids, strict=True)
    ]
    running = running_texts(lines, [page.height for page in pages])
    body = [
        [paged for index, paged in enumerate(page_lines) if (number, index) not in running]
        for number, page_lines in enumerate(lines)
    ]
    margins = margins_of(
        [paged for page_lines in body for paged in page_lines], max((p.width for p in pages), default=1)
    )
    items: list[Item] = []
    finder = _Finder()
    for page, page_grids, page_lines in zip(pages, grids, body, strict=True):
        _add_page(items, finder.in_order(page_lines, page_grids, page.number), page.number)
    heads = _heads([lines[page][index] for page, index in sorted(running)], pages)
    return flat_tables.rebuild([*heads, *_parts(items, margins)])


def _grids(page: PageMarks) -> list[Grid]:
    """Ruled tables; pages with hardly a line do not pay for looking."""
    if len(page.horizontals) + len(page.verticals) < _FEWEST_RULINGS:
        return []
    return grids_of(page.horizontals, page.verticals, page.glyphs, page.tolerance)


def _outside(page: PageMarks, grids: list[Grid]) -> list[Line]:
    if not grids:
        return lines_of(page.glyphs)
    return lines_of(glyph for glyph in page.glyphs if not any(grid.holds(glyph) for grid in grids))


class _Finder:
    """Puts pages in order, and remembers a table without lines at the foot of the last page."""

    def __init__(self) -> None:
        self._last: columns.Found | None = None

    def in_order(self, lines: list[PagedLine], grids: list[Grid], page: int) -> list[Item]:
        """Lines, ruled tables and tables without lines from top to bottom."""
        items: list[Item] = []
        rest = list(lines)
        for grid in grids:
            above = [paged for paged in rest if paged.line.middle < grid.top]
            rest = rest[len(above) :]
            items += self._with_columns(above, page)
            self._last = None
            items.append(draft_of(grid, page))
        return items + self._with_columns(rest, page)

    def _with_columns(self, lines: list[PagedLine], page: int) -> list[Item]:
        items: list[Item] = []
        rest = lines[self._end_of_label(lines) :]
        done = 0
        last: columns.Found | None = None
        for found in columns.tables_of([paged.line for paged in rest], page, self._last):
            items += rest[done : found.start]
            items.append(found.table)
            done = found.end
            last = found if done == len(rest) else None
        if lines:
            self._last = last
        return items + list(rest[done:])

    def _end_of_label(self, lines: list[PagedLine]) -> int:
        """How many lines at the head of a page end the label that the foot of the last page began; they go to it."""
        if self._last is None:
            return 0
        taken = 0
        for paged in lines[:3]:
            aligned = abs(paged.line.x0 - self._last.label_start) < SAME_START
            if not aligned or shapes.is_enumerated(paged.text) or len(paged.text) > _LONGEST_REST:
                break
            taken += 1
        if taken == len(lines) or taken == 3:
            return 0
        label = self._last.label
        for paged in lines[:taken]:
            label.text = shapes.join_lines(label.text, paged.text)
        return taken


def _add_page(items: list[Item], page_items: list[Item], number: int) -> None:
    """Items of a page added to those before; a ruled table at its head may go on from the foot of the last page."""
    if items and page_items:
        above, below = items[-1], page_items[0]
        if isinstance(above, Draft) and isinstance(below, Draft) and number > 1 and goes_on(above, below):
            items[-1] = join(above, below)
            page_items = page_items[1:]
    items += page_items


def _parts(items: list[Item], margins: Margins) -> Iterator[Block | Table]:
    run: list[PagedLine] = []
    for item in items:
        if isinstance(item, PagedLine):
            run.append(item)
            continue
        yield from paragraphs_of(run, margins)
        run = []
        yield item if isinstance(item, Table) else item.table()
    yield from paragraphs_of(run, margins)


def _heads(running: list[PagedLine], pages: list[PageMarks]) -> Iterator[Block]:
    """Texts of running heads and feet, each once; page numbers say nothing."""
    height = {page.number: page.height for page in pages}
    seen: set[str] = set()
    for paged in running:
        if paged.text not in seen and any("\u3400" <= character <= "\u9fff" for character in paged.text):
            seen.add(paged.text)
            is_head = paged.line.middle < height[paged.page] / 2
            yield Block(paged.text, kind="page_header" if is_head else "page_footer", page=paged.page)
