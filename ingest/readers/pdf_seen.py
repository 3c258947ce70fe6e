"""What of a PDF page's text is not seen: askew, unpainted, white, covered, dust, or a watermark behind the text."""

from __future__ import annotations

import ctypes
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeAlias

import pypdfium2.raw as raw

from ingest.layout.marks import Glyph
from ingest.readers.pdf_layers import is_layered

Box: TypeAlias = tuple[float, float, float, float]
"""x0, top, x1, bottom in points from the top left corner of the page as shown."""

Outer: TypeAlias = tuple[float, float, float, float, float, float] | None
"""The matrix of the form that an object stands in."""

_ASKEW = 0.09
"""Tangent of the angle from which text stands askew: scans lie a degree or two off, watermarks thirty and more."""
_UNPAINTED = (3, 7)
"""Ways to render text that paint nothing."""
_WHITE, _OPAQUE = 240, 250
_CLEAR = 26
"""How opaque a text is at most of which next to nothing is seen."""
_FAINT, _PALE = 150, 160
"""How opaque, or how dark, what is printed behind a text is at most."""
_LARGE, _DUST = 1.8, 0.3
"""Heights of the usual character from which on faint text is a watermark, and up to which text may be dust."""
_DUST_POINTS = 2.5
_PICTURED = 0.5
_MOST = 0.6
_FEW = 0.25
"""Share of a page's text up to which what is unpainted is beside the matter; more of it is a layer of text, as over
scans and over letters drawn as curves."""
_BESIDE = 3.0


@dataclass(slots=True)
class _Painted:
    """A filled box or a picture: when it was painted, where, and whether it hides what it covers."""

    order: int
    box: Box
    hides: bool = False
    white: bool = False
    is_picture: bool = False


class Sight:
    """
    The objects of a page in the order of painting, as far as they bear on what is seen.

    Texts are known by their address, which pdfium gives again for each character. Nothing is looked up for the
    characters of a page on which nothing can be hidden. `with_layers`: the file has layers that may be switched off.
    """

    def __init__(self, bounds: Callable[[object, Outer], Box], *, with_layers: bool) -> None:
        self._bounds = bounds
        self._with_layers = with_layers
        self.layered: set[int] = set()
        """The texts that may stand in a layer."""
        self._texts: list[tuple[int, object, Outer]] = []
        self._orders: dict[int, int] = {}
        self._askew: set[int] = set()
        self._unpainted: set[int] = set()
        self._white: set[int] = set()
        self._faint: set[int] = set()
        self.turn_of: dict[int, int] = {}
        """Which way each text runs, by its address."""
        self._painted: list[_Painted] = []
        self.turns = {0: 0, 90: 0, 180: 0, 270: 0}
        """How many texts run in each direction, in degrees against the clock from left to right."""
        self._count = 0
        self._matrix = raw.FS_MATRIX()
        self._colour = [ctypes.c_uint() for _ in range(4)]
        self._to_matrix = ctypes.byref(self._matrix)
        self._to_colour = [ctypes.byref(part) for part in self._colour]

    def add_text(self, item: object, outer: Outer) -> None:
        """A text object; `outer` is the matrix of the form that it stands in."""
        self._count += 1
        address = _address(item)
        self._orders[address] = self._count
        self._texts.append((self._count, item, outer))
        if self._with_layers and (outer is not None or is_layered(item)):
            self.layered.add(address)
        raw.FPDFPageObj_GetMatrix(item, self._to_matrix)
        across, up = self._matrix.a, self._matrix.b
        if outer is not None:
            across, up = across * outer[0] + up * outer[2], across * outer[1] + up * outer[3]
        if up and min(abs(across), abs(up)) > _ASKEW * max(abs(across), abs(up)):
            self._askew.add(address)
            return
        turn = (90 if up > 0 else 270) if abs(up) > abs(across) else (0 if across >= 0 else 180)
        self.turns[turn] += 1
        self.turn_of[address] = turn
        if raw.FPDFTextObj_GetTextRenderMode(item) in _UNPAINTED:
            self._unpainted.add(address)
        else:
            alpha, darkest = self._fill(item)
            if alpha < _CLEAR:
                self._unpainted.add(address)
            elif darkest >= _WHITE:
                self._white.add(address)
            elif alpha <= _FAINT or darkest >= _PALE:
                self._faint.add(address)

    def add_path(self, item: object, box: Box, is_rectangle: bool) -> None:
        """A path with an inside; one that is not filled, or less than wholly, hides nothing."""
        self._count += 1
        mode, stroke = ctypes.c_int(), raw.FPDF_BOOL()
        raw.FPDFPath_GetDrawMode(item, mode, stroke)
        if not mode.value:
            return
        alpha, darkest = self._fill(item)
        hides = is_rectangle and alpha >= _OPAQUE and not raw.FPDFPageObj_HasTransparency(item) and not _is_cut(item)
        self._painted.append(_Painted(self._count, box, hides, darkest >= _WHITE))

    def add_picture(self, box: Box) -> None:
        """A picture: it counts as a ground of any colour, and never as a cover, for text may lie beneath a scan."""
        self._count += 1
        self._painted.append(_Painted(self._count, box, is_picture=True))

    def usual_turn(self) -> int | None:
        """The direction of most texts, None where no one has most: so far is the page turned to be read."""
        turn = max(self.turns, key=lambda turn: self.turns[turn])
        return turn if self.turns[turn] > _MOST * sum(self.turns.values()) else None

    def unseen(self, handle: object, glyphs: list[Glyph], indices: list[int], picture_share: float) -> Unseen:
        """Which of the glyphs (with their numbers on the text page) no reader of the page sees."""
        hidden = self._covered(handle, glyphs, indices)
        usual = median(glyph.height for glyph in glyphs) if glyphs else 0.0
        hidden.update(place for place, glyph in enumerate(glyphs) if glyph.height < min(_DUST * usual, _DUST_POINTS))
        if not (self._askew or self._unpainted or self._white or self._faint):
            return Unseen(hidden, is_layer=False)
        addresses = [address_at(handle, index) for index in indices]
        hidden.update(
            place
            for place, address in enumerate(addresses)
            if address in self._faint and glyphs[place].height >= _LARGE * usual
        )
        hidden.update(place for place, address in enumerate(addresses) if address in self._askew)
        hidden.update(
            place
            for place, address in enumerate(addresses)
            if address in self._white and not self._is_on(glyphs[place], "colour")
        )
        unpainted = {place for place, address in enumerate(addresses) if address in self._unpainted} - hidden
        share = len(unpainted) / max(len(glyphs) - len(hidden), 1)
        if share <= _FEW:
            hidden |= {place for place in unpainted if not self._is_on(glyphs[place], "picture")}
        elif picture_share <= _PICTURED:
            hidden |= _beside_others(glyphs, unpainted, set(range(len(glyphs))) - unpainted - hidden)
        return Unseen(hidden, is_layer=share > _PICTURED and picture_share > _PICTURED)

    def _fill(self, item: object) -> tuple[int, int]:
        """How opaque the fill of an object is, and its darkest part of colour, both from 0 to 255."""
        if not raw.FPDFPageObj_GetFillColor(item, *self._to_colour):
            return 255, 0
        red, green, blue, alpha = self._colour
        return alpha.value, min(red.value, green.value, blue.value)

    def _is_on(self, glyph: Glyph, ground: Literal["colour", "picture"]) -> bool:
        """Whether a colour or picture, or a picture alone, lies behind a glyph."""
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.middle
        return any(
            not painted.white
            and (painted.is_picture or ground == "colour")
            and painted.box[0] <= x <= painted.box[2]
            and painted.box[1] <= y <= painted.box[3]
            for painted in self._painted
        )

    def _covered(self, handle: object, glyphs: list[Glyph], indices: list[int]) -> set[int]:
        """Places of glyphs that lie in a box painted after them."""
        first = min(self._orders.values(), default=0)
        covers = [painted for painted in self._painted if painted.hides and painted.order > first]
        if not covers or not self._orders:
            return set()
        by_height = sorted(range(len(glyphs)), key=lambda place: glyphs[place].middle)
        middles = [glyphs[place].middle for place in by_height]
        hidden: set[int] = set()
        for cover in covers:
            near = by_height[bisect_left(middles, cover.box[1]) : bisect_right(middles, cover.box[3])]
            inside = [place for place in near if _is_within(glyphs[place], cover.box)]
            orders = {place: self._orders.get(address_at(handle, indices[place]), cover.order) for place in inside}
            later = [glyphs[place] for place, order in orders.items() if order > cover.order]
            hidden.update(
                place
                for place, order in orders.items()
                if order < cover.order and not self._is_drawn_again(glyphs[place], later, cover.order)
            )
        return hidden

    def _is_drawn_again(self, glyph: Glyph, later: list[Glyph], order: int) -> bool:
        """Whether a later text has the same glyph in its place: pdfium gives a character drawn twice only once."""
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.middle
        if any(other.x0 < x < other.x1 for other in later):
            return False
        texts = (self._bounds(item, outer) for drawn, item, outer in self._texts if drawn > order)
        return any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in texts)


def _is_within(glyph: Glyph, box: Box) -> bool:
    """Whether a box covers what can be told a glyph by."""
    x0, top, x1, bottom = box
    across, along = 0.25 * (glyph.x1 - glyph.x0), 0.3 * glyph.height
    return (
        x0 <= glyph.x0 + across
        and glyph.x1 - across <= x1
        and top <= glyph.top + along
        and glyph.bottom - along <= bottom
    )


def _beside_others(glyphs: list[Glyph], some: set[int], others: set[int]) -> set[int]:
    """Places of some glyphs that stand in a line close to others: next to what is seen they say something else."""
    seen = sorted((glyphs[place] for place in others), key=lambda glyph: glyph.middle)
    middles = [glyph.middle for glyph in seen]
    return {
        place
        for place in some
        for glyph in (glyphs[place],)
        if any(
            other.x0 - glyph.x1 < _BESIDE * glyph.height and glyph.x0 - other.x1 < _BESIDE * glyph.height
            for other in seen[
                bisect_left(middles, glyph.middle - 0.6 * glyph.height) : bisect_right(
                    middles, glyph.middle + 0.6 * glyph.height
                )
            ]
        )
    }


@dataclass(frozen=True, slots=True)
class Unseen:
    """Places of glyphs that are not seen, and whether the page's text is the unpainted layer over a scan."""

    places: set[int]
    is_layer: bool


def _is_cut(item: object) -> bool:
    """Whether only a part of the object may be painted."""
    clip = raw.FPDFPageObj_GetClipPath(item)
    return bool(clip) and raw.FPDFClipPath_CountPaths(clip) > 0


def _address(item: object) -> int:
    return ctypes.addressof(item.contents)  # type: ignore[attr-defined]


def address_at(handle: object, index: int) -> int:
    """The address of the text object that a character belongs to, 0 where there is none."""
    item = raw.FPDFText_GetTextObject(handle, index)
    return _address(item) if item else 0
