"""What stands on a page: glyphs, ruling lines, and lines of text made of glyphs. Points from the top left corner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter
from statistics import median

from ingest.documents.model import Box
from ingest.documents.notes import raised

_SAME_SIZE = 1.15
_SAME_SIZE_IN_SCANS = 1.35
_SPACED_HAN = 0.55
_SPACED_LATIN = 0.18
"""The least gap that is a blank, in heights."""
_SPACED_MIXED = 1.0
_WIDE = 0.6
_RISE, _SMALL, _NEAR = 0.2, 0.8, 0.5
"""How high a note's mark stands over the line's foot, how small it is, and how near: in heights of what it marks."""
_OVER = 0.6
_ONE_PLACE = 0.25
"""Heights between the left edges of two digits up to which they stand over each other; a digit is half as wide."""
UNTOLD = "\ufffd"
"""What stands for a character that the file does not tell."""
_MARKS = "，。；：、！？（）〔〕【】《》“”‘’"


Moving = tuple[tuple[float, float, float], tuple[float, float, float]]
"""A matrix that turns, scales and shifts points."""


@dataclass(slots=True)
class Glyph:
    """A character (or a run of them) with its box; `confidence` only where OCR read it.

    `lowered` is how far down it was moved from its place.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float | None = None
    lowered: float = 0.0

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(slots=True)
class Ruling:
    """A straight line along one axis: `at` is its place on the other."""

    start: float
    end: float
    at: float


@dataclass(slots=True)
class PageMarks:
    """All marks of one page. `tolerance` is how far apart two ruling lines may be and still count as one.

    `place` leads from the marks of a page that was put upright, or measured otherwise, to places on the page as it is.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    horizontals: list[Ruling] = field(default_factory=list)
    verticals: list[Ruling] = field(default_factory=list)
    tolerance: float = 3.0
    place: Moving | None = None


@dataclass(slots=True)
class Line:
    """Glyphs that stand side by side, from left to right."""

    glyphs: list[Glyph]
    x0: float
    x1: float
    top: float
    bottom: float
    _size: float | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def size(self) -> float:
        """Height of its usual glyph."""
        if self._size is None:
            self._size = median([glyph.bottom - glyph.top for glyph in self.glyphs]) or 1.0
        return self._size

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def text(self) -> str:
        """The text with a blank where the page shows one."""
        return spaced(self.glyphs, self.size)

    def segments(self, gap: float) -> list[Line]:
        """The line cut at gaps of that many heights or more."""
        size = self.size
        runs: list[list[Glyph]] = []
        for glyph in self.glyphs:
            if not glyph.text.strip():
                continue
            if runs and glyph.x0 - runs[-1][-1].x1 < gap * size:
                runs[-1].append(glyph)
            else:
                runs.append([glyph])
        return [line_of(run) for run in runs]


def are_alike(one: Line, other: Line) -> bool:
    """Whether the text of two lines is of one size."""
    # the boxes that OCR gives are as high as the characters in the line happen to be
    read_by_ocr = one.glyphs[0].confidence is not None
    allowed = _SAME_SIZE_IN_SCANS if read_by_ocr else _SAME_SIZE
    return max(one.size, other.size) <= allowed * min(one.size, other.size)


def moved_down(line: Line, by: float) -> Line:
    """The line, with its glyphs, further down."""
    return line_of(
        [
            replace(
                glyph,
                top=glyph.top + by,
                bottom=glyph.bottom + by,
                lowered=glyph.lowered + by,
            )
            for glyph in line.glyphs
        ]
    )


def box_of(glyphs: Iterable[Glyph]) -> Box | None:
    """What the glyphs cover on their page; None where there is none."""
    covered = list(glyphs)
    if not covered:
        return None
    return Box(
        min([glyph.x0 for glyph in covered]),
        min([glyph.top - glyph.lowered for glyph in covered]),
        max([glyph.x1 for glyph in covered]),
        max([glyph.bottom - glyph.lowered for glyph in covered]),
    )


def moved_box(box: Box, by: Moving) -> Box:
    """The upright box around a box that was moved."""
    corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    xs, ys = ([line[0] * x + line[1] * y + line[2] for x, y in corners] for line in by)
    return Box(min(xs), min(ys), max(xs), max(ys))


def in_points(place: Moving | None, times: float) -> Moving:
    """The way to places on a page, those multiplied."""
    across, down = place or ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    return (
        (across[0] * times, across[1] * times, across[2] * times),
        (down[0] * times, down[1] * times, down[2] * times),
    )


def both(one: Box | None, other: Box | None) -> Box | None:
    """The box around two, where both are known; around one, where the other is nothing yet."""
    if one is None or other is None:
        return other if one is None else one
    return Box(
        min(one.left, other.left), min(one.top, other.top), max(one.right, other.right), max(one.bottom, other.bottom)
    )


def line_of(glyphs: list[Glyph]) -> Line:
    """A line of glyphs that are in order already."""
    return Line(
        glyphs,
        min([glyph.x0 for glyph in glyphs]),
        max([glyph.x1 for glyph in glyphs]),
        min([glyph.top for glyph in glyphs]),
        max([glyph.bottom for glyph in glyphs]),
    )


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """Glyphs as lines from top to bottom: those whose middles are less than half a height apart stand in one."""
    rows: list[list[Glyph]] = []
    middles: list[float] = []
    # This runs for each glyph of each cell: no calls of properties.
    places = [((glyph.top + glyph.bottom) / 2, glyph.x0, glyph) for glyph in glyphs if glyph.text.strip()]
    for middle, _, glyph in sorted(places, key=itemgetter(0, 1)):
        if rows:
            first = rows[-1][0]
            tall = max(glyph.bottom - glyph.top, first.bottom - first.top)
            if middle - middles[-1] < 0.5 * tall:
                rows[-1].append(glyph)
                middles[-1] += (middle - middles[-1]) / len(rows[-1])
                continue
        rows.append([glyph])
        middles.append(middle)
    return [line_of(_as_read(sorted(row, key=attrgetter("x0")))) for row in rows]


def _as_read(row: list[Glyph]) -> list[Glyph]:
    """
    A row as a reader takes it: glyphs printed twice in one place, as made-up bold type is, stand once; small raised
    digits are marks of notes; where two figures are printed over each other, neither is told.
    """
    kept: list[Glyph] = []
    base: Glyph | None = None
    is_clash = False
    for glyph in row:
        if kept:
            before = kept[-1]
            apart = glyph.x0 - before.x0
            if before.text == glyph.text and apart < 0.3 * (before.x1 - before.x0):
                continue
            is_clash = is_clash or (apart < _OVER * (before.x1 - before.x0) and _clash(before, glyph, apart))
            if base is not None and glyph.bottom < base.bottom and _is_raised(glyph, base):
                kept.append(replace(glyph, text=raised(glyph.text)))
                continue
        base = glyph
        kept.append(glyph)
    return _without_clashes(kept) if is_clash else kept


def _is_raised(glyph: Glyph, base: Glyph) -> bool:
    """Whether a glyph is small and stands high, right behind a glyph of the line."""
    tall = base.bottom - base.top
    return (
        glyph.bottom < base.bottom - _RISE * tall
        and glyph.bottom - glyph.top < _SMALL * tall
        and glyph.x0 - base.x1 < _NEAR * tall
        and glyph.confidence is None
    )


def _clash(before: Glyph, glyph: Glyph, apart: float) -> bool:
    """Whether two digits stand in one place; OCR tells places too roughly."""
    return (
        apart < _ONE_PLACE * (glyph.bottom - glyph.top)
        and apart < _OVER * (before.x1 - before.x0)
        and glyph.text.isdecimal()
        and before.text.isdecimal()
        and glyph.confidence is None
    )


def _without_clashes(row: list[Glyph]) -> list[Glyph]:
    """A row with one glyph of no meaning for each run of digits in which two stand in one place."""
    kept: list[Glyph] = []
    for is_figure, run in groupby(row, key=lambda glyph: glyph.text.isdecimal()):
        glyphs = list(run)
        if is_figure and any(_clash(one, other, other.x0 - one.x0) for one, other in pairwise(glyphs)):
            glyphs = [replace(glyphs[0], text=UNTOLD, x1=max(glyph.x1 for glyph in glyphs))]
        kept += glyphs
    return kept


def spaced(glyphs: list[Glyph], size: float) -> str:
    """
    Text of glyphs in order, with blanks for gaps: narrow ones count between Latin letters and digits only.

    Two blanks stand for a gap between digits that is too wide to mark thousands.
    """
    text = ""
    right = 0.0
    for glyph in glyphs:
        gap = (glyph.x0 - right) / size
        if gap > _SPACED_LATIN and text and gap > _gap_of_blank(text[-1], glyph.text[0]):
            text += "  " if gap > _WIDE and text[-1].isdecimal() and glyph.text[0].isdecimal() else " "
        text += glyph.text
        right = glyph.x1
    return text


def _gap_of_blank(before: str, after: str) -> float:
    """How wide a gap between two characters is a blank, in heights: marks bring their own blank with them."""
    if before.isascii() and after.isascii():
        return _SPACED_LATIN
    if before in _MARKS or after in _MARKS or before.isascii() != after.isascii():
        return _SPACED_MIXED
    return _SPACED_HAN


def confidence_of(glyphs: Iterable[Glyph]) -> float | None:
    """Confidence of OCR in these glyphs: its lowest among digits, else its mean; None where they are real text."""
    known = [(glyph.confidence, glyph.text) for glyph in glyphs if glyph.confidence is not None]
    if not known:
        return None
    digits = [confidence for confidence, text in known if any(character.isdigit() for character in text)]
    return round(min(digits) if digits else sum(confidence for confidence, _ in known) / len(known), 4)
