"""What of an OFD page is not seen: text without colour, white on paper, too small, outside, struck out or covered."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from lxml import etree

from ingest.layout.marks import Glyph, PageMarks, Ruling
from ingest.layout.struck import struck_out
from ingest.readers.ooxml import child

_WHITE, _CLEAR, _OPAQUE = 240, 26, 250
_DUST, _DUST_POINTS = 0.3, 2.5
"""Share of the usual height, and points, up to which text is dust."""

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in millimetres."""


@dataclass(slots=True)
class Painted:
    """The glyphs of a page in the order of painting, and the boxes that were painted between them, in millimetres."""

    glyphs: list[Glyph] = field(default_factory=list)
    grounds: list[Box] = field(default_factory=list)
    """Boxes of another colour than paper."""

    def paint(self, element: etree._Element, box: Box) -> None:
        """A filled box: it covers what was painted before it, where it is opaque."""
        colour, alpha = _fill(element)
        if colour is None or alpha < _OPAQUE:
            return
        x0, top, x1, bottom = box
        self.glyphs = [
            glyph
            for glyph in self.glyphs
            if not (x0 <= (glyph.x0 + glyph.x1) / 2 <= x1 and top <= glyph.middle <= bottom)
        ]
        if not _is_white(colour):
            self.grounds.append(box)

    def shows(self, element: etree._Element, glyphs: list[Glyph]) -> bool:
        """Whether the glyphs of a text are painted in a colour that is seen where they stand."""
        colour, alpha = _fill(element)
        if alpha < _CLEAR or (element.get("Fill") == "false" and element.get("Stroke") != "true"):
            return False
        return not (colour is not None and _is_white(colour)) or all(map(self._is_on_ground, glyphs))

    def _is_on_ground(self, glyph: Glyph) -> bool:
        x = (glyph.x0 + glyph.x1) / 2
        return any(box[0] <= x <= box[2] and box[1] <= glyph.middle <= box[3] for box in self.grounds)


def seen(marks: PageMarks, strokes: list[Ruling]) -> PageMarks:
    """The marks of a page without glyphs outside it, as small as dust, or struck out by one of these lines of it."""
    usual = median(glyph.height for glyph in marks.glyphs) if marks.glyphs else 0.0
    marks.glyphs = [
        glyph
        for glyph in marks.glyphs
        if glyph.height >= min(_DUST * usual, _DUST_POINTS)
        and glyph.x1 > 0 <= glyph.bottom
        and glyph.x0 < marks.width
        and glyph.top < marks.height
    ]
    struck, lines = struck_out(marks.glyphs, strokes, marks.verticals)
    marks.glyphs = [glyph for place, glyph in enumerate(marks.glyphs) if place not in struck]
    gone = {id(line) for line in lines}
    marks.horizontals = [line for line in marks.horizontals if id(line) not in gone]
    return marks


def _fill(element: etree._Element) -> tuple[list[float] | None, float]:
    """The colour that an object is filled with, None where that is told elsewhere or is a pattern; how opaque it is."""
    alpha = _number(element.get("Alpha"), 255.0)
    colour = child(element, "FillColor")
    if colour is None:
        return None, alpha
    alpha = min(alpha, _number(colour.get("Alpha"), 255.0))
    parts = [_number(part, -1.0) for part in (colour.get("Value") or "").split()]
    return (parts if parts and not len(colour) else None), alpha


def _is_white(parts: list[float]) -> bool:
    return not any(parts) if len(parts) == 4 else min(parts) >= _WHITE


def _number(text: str | None, missing: float) -> float:
    try:
        return float(text) if text else missing
    except ValueError:
        return missing
