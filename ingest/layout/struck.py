"""Text with a line drawn through it: what was struck out is not read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from ingest.layout.marks import Glyph, Ruling

_THROUGH = 0.22
"""How far from the middle of a glyph, in heights, a line goes through it; under and over it are farther away."""
_OVERHANG = 0.8
_FILLED = 0.6
_TOUCH = 2.0


def struck_out(glyphs: list[Glyph], strokes: list[Ruling], verticals: list[Ruling]) -> tuple[set[int], list[Ruling]]:
    """Places of glyphs under lines that go through them and end where they end, and those lines."""
    by_height = sorted(range(len(glyphs)), key=lambda place: glyphs[place].middle)
    middles = [glyphs[place].middle for place in by_height]
    reach = _THROUGH * max((glyph.height for glyph in glyphs), default=0.0)
    struck: set[int] = set()
    lines: list[Ruling] = []
    for stroke in strokes:
        near = by_height[bisect_left(middles, stroke.at - reach) : bisect_right(middles, stroke.at + reach)]
        under = [place for place in near if _goes_through(stroke, glyphs[place])]
        if under and _fits(stroke, [glyphs[place] for place in under]) and not _is_border(stroke, verticals):
            struck.update(under)
            lines.append(stroke)
    return struck, lines


def _goes_through(stroke: Ruling, glyph: Glyph) -> bool:
    is_level = abs(stroke.at - glyph.middle) <= _THROUGH * glyph.height
    return is_level and stroke.start <= (glyph.x0 + glyph.x1) / 2 <= stroke.end


def _fits(stroke: Ruling, glyphs: list[Glyph]) -> bool:
    """Whether a line is as long as the text that it goes through."""
    overhang = _OVERHANG * max(glyph.height for glyph in glyphs)
    width = sum(glyph.x1 - glyph.x0 for glyph in glyphs)
    return (
        min(glyph.x0 for glyph in glyphs) - stroke.start <= overhang
        and stroke.end - max(glyph.x1 for glyph in glyphs) <= overhang
        and width >= _FILLED * (stroke.end - stroke.start)
    )


def _is_border(stroke: Ruling, verticals: list[Ruling]) -> bool:
    """Whether a line begins and ends at others: it belongs to a table. One end alone may be near by chance."""
    crossing = [line.at for line in verticals if line.start - _TOUCH <= stroke.at <= line.end + _TOUCH]
    return all(any(abs(at - end) <= _TOUCH for at in crossing) for end in (stroke.start, stroke.end))
