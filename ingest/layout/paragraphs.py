"""Lines of text to paragraphs: lines wrapped at the margin are joined; heads, feet and numbers of pages are known."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.documents.model import Block
from ingest.flat import shapes
from ingest.layout.marks import Line, are_alike, both, box_of, confidence_of

_ZONE = 0.12
_SHORT = 2.2
_WIDE_LEADING = 1.22
_USUAL_LEADING = 1.6
_PAGE_NUMBER = re.compile(
    r"[-‐‑–—―─·•~〜\s]*(?:第\s*)?[\dIVXivx]{1,4}\s*页?(?:\s*[/／,，共]?\s*共?\s*\d{1,4}\s*页?)?[-‐‑–—―─·•~〜\s]*$"
)
_ENDED = re.compile(r"[。：；！？:;.!?”）)]$")
_PART_OF_LAW = re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]\s*[项款条、和至]")


@dataclass(slots=True)
class PagedLine:
    """A line of text and its page."""

    line: Line
    page: int
    text: str


@dataclass(slots=True)
class Margins:
    """Where the lines of a document's prose begin and end, and how far apart they stand in their heights."""

    left: float
    right: float
    leading: float


def margins_of(lines: list[PagedLine], width: float) -> Margins:
    """Margins as most of the wide lines keep them."""
    wide = [paged.line for paged in lines if paged.line.x1 - paged.line.x0 > 0.5 * width] or [p.line for p in lines]
    if not wide:
        return Margins(0.0, width, _USUAL_LEADING)
    lefts = Counter(round(line.x0 / 4) for line in wide)
    usual = max(lefts.values())
    left = min(place for place, count in lefts.items() if 3 * count >= usual) * 4.0
    rights = sorted(line.x1 for line in wide)
    right = rights[int(0.6 * (len(rights) - 1))]
    # below a line that is full stands, nearly always, the next line of the same paragraph
    steps = [
        _step(above.line, below.line)
        for above, below in pairwise(lines)
        if above.page == below.page
        and above.line.x1 > right - 2 * above.line.size
        and below.line.middle > above.line.middle
        and are_alike(above.line, below.line)
    ]
    return Margins(left, right, median(steps) if steps else _USUAL_LEADING)


def _step(above: Line, below: Line) -> float:
    return (below.middle - above.middle) / max(above.size, below.size)


def running_texts(pages: list[list[PagedLine]], heights: list[float]) -> set[tuple[int, int]]:
    """(page index, line index) of the heads, feet and numbers of pages."""
    at_edge = [
        [(index, paged) for index, paged in enumerate(lines) if _is_at_edge(index, paged.line, lines, height)]
        for lines, height in zip(pages, heights, strict=True)
    ]
    places: dict[str, list[tuple[int, float]]] = {}
    for page, lines in enumerate(at_edge):
        for _, paged in lines:
            places.setdefault(_key(paged.text), []).append((page, paged.line.middle))
    often = max(2, (len(pages) + 1) // 2)

    def stands_on_many_pages(line: PagedLine) -> bool:
        near = {page for page, at in places[_key(line.text)] if abs(at - line.line.middle) < line.line.size}
        return len(near) >= often

    return {
        (page, index)
        for page, lines in enumerate(at_edge)
        for index, paged in lines
        if _PAGE_NUMBER.match(paged.text) or stands_on_many_pages(paged)
    }


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", shapes.plain(text).replace(" ", ""))


def _is_at_edge(index: int, line: Line, lines: list[PagedLine], height: float) -> bool:
    """Whether a line is among the first or last two of a page and close to its edge."""
    if index < 2 and line.middle < _ZONE * height:
        return True
    return index >= len(lines) - 2 and line.middle > (1 - _ZONE) * height


def paragraphs_of(lines: list[PagedLine], margins: Margins) -> list[Block]:
    """Blocks of one run of lines."""
    blocks: list[Block] = []
    before: PagedLine | None = None
    for paged in lines:
        confidence = confidence_of(paged.line.glyphs)
        if before is not None and not _begins(before, paged, margins):
            block = blocks[-1]
            block.text = shapes.join_lines(block.text, paged.text)
            if confidence is not None:
                block.confidence = min(confidence, block.confidence if block.confidence is not None else 1.0)
            if block.page == paged.page and block.box is not None:
                block.box = both(block.box, box_of(paged.line.glyphs))
        else:
            blocks.append(Block(paged.text, page=paged.page, confidence=confidence, box=box_of(paged.line.glyphs)))
        before = paged
    return blocks


def _begins(before: PagedLine, paged: PagedLine, margins: Margins) -> bool:
    """Whether a line begins a paragraph: the one before ended short, or it is indented, larger, or set off."""
    line, last = paged.line, before.line
    size = line.size
    if before.text[-1] in shapes.BARS:
        return True  # a row of a table written with bars
    if margins.right - last.x1 > max(_SHORT * last.size, _first_word(line) + 1.2 * last.size):
        return True
    if not are_alike(line, last):
        return True
    if before.page == paged.page and _step(last, line) > _WIDE_LEADING * margins.leading:
        return True
    if line.x0 > margins.left + 1.2 * size and line.x0 > last.x0 + 1.2 * size:
        return True
    if line.x0 > margins.left + 1.2 * size and _ENDED.search(before.text):
        return True
    return shapes.is_enumerated(paged.text) and not _PART_OF_LAW.match(paged.text) and bool(_ENDED.search(before.text))


def _first_word(line: Line) -> float:
    """Width of what cannot be parted at the start of a line: a Latin word or number with the mark after it."""
    end = line.glyphs[0].x1
    for before, glyph in pairwise(line.glyphs):
        if not (before.text.isascii() or glyph.text in "，。；：、）！？"):
            break
        end = glyph.x1
    return end - line.x0
