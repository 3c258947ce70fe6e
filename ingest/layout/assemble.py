"""Pages of marks to the parts of a document, in reading order."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator

from ingest.documents.model import Block, BlockKind, Table
from ingest.flat import rebuild, shapes
from ingest.layout import columns
from ingest.layout.grids import Grid, grids_of
from ingest.layout.marks import Line, Moving, PageMarks, box_of, lines_of, moved_box, moved_down
from ingest.layout.page_tables import Draft, draft_of, goes_on, join
from ingest.layout.paragraphs import Margins, PagedLine, margins_of, paragraphs_of, running_texts

_FEWEST_RULINGS = 3
_LONGEST_REST = 6
_CLOSE_GAP, _PAGE_GAP = 1.5, 2.6
"""Heights between the last line of a page and the first of the next: close where that only ends a label."""

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
    run: list[PagedLine] = []
    for page, page_grids, page_lines in zip(pages, grids, body, strict=True):
        rest = page_lines
        for number, grid in enumerate(page_grids):
            above = [paged for paged in rest if paged.line.middle < grid.top]
            rest = rest[len(above) :]
            run += _below(run, above)
            items += _with_columns(run)
            run = []
            _add_grid(items, draft_of(grid, page.number), is_first=number == 0 and not above)
        run += _below(run, rest)
    items += _with_columns(run)
    heads = _heads([lines[page][index] for page, index in sorted(running)], pages)
    parts = [*heads, *_parts(items, margins)]
    _put_back(parts, {page.number: page.place for page in pages if page.place is not None})
    return rebuild.rebuild(parts)


def _put_back(parts: list[Block | Table], places: dict[int, Moving]) -> None:
    """Boxes on the pages as they are, where marks are of a page put upright."""
    for part in parts:
        for each in part.cells if isinstance(part, Table) else (part,):
            if each.box is not None and each.page in places:
                each.box = moved_box(each.box, places[each.page])


def _grids(page: PageMarks) -> list[Grid]:
    """Ruled tables; pages with hardly a line do not pay for looking."""
    if len(page.horizontals) + len(page.verticals) < _FEWEST_RULINGS:
        return []
    return grids_of(page.horizontals, page.verticals, page.glyphs, page.tolerance)


def _outside(page: PageMarks, grids: list[Grid]) -> list[Line]:
    if not grids:
        return lines_of(page.glyphs)
    return lines_of(glyph for glyph in page.glyphs if not any(grid.holds(glyph) for grid in grids))


def _below(run: list[PagedLine], lines: list[PagedLine]) -> list[PagedLine]:
    """Lines of a page moved below those of the page before, so that what goes on over the break stands together."""
    if not run or not lines:
        return lines
    last, first = run[-1], lines[0]
    is_rest = len(first.text) <= _LONGEST_REST and shapes.is_label(first.text) and not shapes.is_enumerated(first.text)
    gap = _CLOSE_GAP if is_rest else _PAGE_GAP
    by = last.line.middle + gap * max(last.line.size, first.line.size) - first.line.middle
    return [PagedLine(moved_down(paged.line, by), paged.page, paged.text) for paged in lines]


def _with_columns(run: list[PagedLine]) -> list[Item]:
    """Lines with those of tables without ruling lines as tables."""
    tops = [paged.line.top for paged in run]

    def page_of(height: float) -> int:
        return run[max(bisect(tops, height) - 1, 0)].page

    items: list[Item] = []
    done = 0
    for found in columns.tables_of([paged.line for paged in run], page_of):
        items += run[done : found.start]
        items.append(found.table)
        done = found.end
    return items + list(run[done:])


def _add_grid(items: list[Item], grid: Draft, is_first: bool) -> None:
    """A ruled table added to what stands before; at the head of a page it may go on from the foot of the last one."""
    above = items[-1] if items else None
    if is_first and isinstance(above, Draft) and goes_on(above, grid):
        items[-1] = join(above, grid)
    else:
        items.append(grid)


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
            kind: BlockKind = "page_header" if is_head else "page_footer"
            yield Block(paged.text, kind=kind, page=paged.page, box=box_of(paged.line.glyphs))
