"""
Characters that a PDF's font does not tell, told by their shapes: often the digits alone lack their meaning.

The text around them and the lines of tables stay as the file has them. Each shape is shown to OCR as a row of itself,
so that no digit is passed over because it stands alone, and all of one shape are read alike.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ingest.layout.marks import UNTOLD, Glyph, PageMarks
from ingest.readers import ocr

if TYPE_CHECKING:
    from ingest.layout.scan import Image

SCALE = 4.0
"""Pixels a point of the picture in which shapes are looked at."""
_WIDE, _TALL = 16, 24
_SAME, _SAME_SIZE = 0.90, 1.25
_IN_A_ROW = 8
_ALIKE = 0.75
_SMALL, _PIECE, _INK = 0.4, 0.25, 96
_HEIGHT = 48
_MOST_SHAPES = 60
_FOR_DIGITS = str.maketrans("oOQDlI|iSsBZzgq", "000011115582299")
"""What OCR takes a row of digits for where nothing else stands beside them."""


@dataclass(slots=True)
class _Shape:
    """Glyphs that look the same, and how they look: ink in a small raster, and height and width in points."""

    raster: Image
    tall: float
    wide: float
    is_low: bool
    """Whether its ink lies in the lower part of its line."""
    places: list[int] = field(default_factory=list)
    crops: list[Image] = field(default_factory=list)


def told_by_shape(marks: PageMarks, image: Image) -> PageMarks | None:
    """The marks with a character for each that is not told, None where one of them stays open. `image`: the page."""
    shapes: list[_Shape] = []
    for place, glyph in enumerate(marks.glyphs):
        if glyph.text == UNTOLD and not _add(shapes, place, glyph, image):
            return None
    if not shapes or len(shapes) > _MOST_SHAPES:
        return None
    glyphs = list(marks.glyphs)
    usual = max(shape.tall for shape in shapes)
    for shape in shapes:
        found = _stop(shape, usual) or _character(shape)
        if found is None:
            return None
        for place in shape.places:
            glyphs[place] = replace(glyphs[place], text=found[0], confidence=found[1])
    return replace(marks, glyphs=glyphs)


def _add(shapes: list[_Shape], place: int, glyph: Glyph, image: Image) -> bool:
    """Put a glyph to those that look like it; False where nothing stands in its place."""
    import cv2
    import numpy as np

    x0, x1 = int(glyph.x0 * SCALE), int(glyph.x1 * SCALE) + 1
    top, bottom = int(glyph.top * SCALE), int(glyph.bottom * SCALE) + 1
    grey = _without_neighbours(255 - image[max(top, 0) : bottom, max(x0, 0) : x1].min(axis=2))
    rows, cols = np.flatnonzero((grey > _INK).any(axis=1)), np.flatnonzero((grey > _INK).any(axis=0))
    if not rows.size or not cols.size:
        return False
    ink = grey[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    tall, wide = ink.shape[0] / SCALE, ink.shape[1] / SCALE
    raster = cv2.resize(ink, (_WIDE, _TALL), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    raster = (raster - raster.mean()) / (raster.std() or 1.0)
    for shape in shapes:
        if (
            max(tall, shape.tall) <= _SAME_SIZE * min(tall, shape.tall)
            and max(wide, shape.wide) <= _SAME_SIZE * min(wide, shape.wide) + 1.0
            and float(np.dot(raster, shape.raster)) / raster.size >= _SAME
        ):
            break
    else:
        shape = _Shape(raster, tall, wide, is_low=rows[0] > 0.5 * grey.shape[0])
        shapes.append(shape)
    shape.places.append(place)
    if len(shape.crops) < _IN_A_ROW:
        shape.crops.append(grey)
    return True


def _without_neighbours(grey: Image) -> Image:
    """Ink of a glyph without what reaches in from those beside it: small pieces at the left and right edges."""
    import cv2
    import numpy as np

    count, labels, stats, _ = cv2.connectedComponentsWithStats((grey > _INK).astype(np.uint8))
    most = stats[1:, cv2.CC_STAT_AREA].max(initial=0)
    kept = grey.copy()
    for number in range(1, count):
        left, wide, area = (stats[number, at] for at in (cv2.CC_STAT_LEFT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
        if (left == 0 or left + wide == grey.shape[1]) and area < _PIECE * most:
            kept[labels == number] = 0
    return kept


def _stop(shape: _Shape, usual: float) -> tuple[str, float] | None:
    """A point or a comma, which OCR passes over: small, low, and no wider than tall."""
    if not shape.is_low or shape.tall > _SMALL * usual or shape.wide > 1.4 * shape.tall:
        return None
    return ("." if shape.tall <= 1.4 * shape.wide else ","), 1.0


def _character(shape: _Shape) -> tuple[str, float] | None:
    """The digit or sign of per cent that a row of a shape is read as, and how surely; None where it is none."""
    import cv2
    import numpy as np

    crops = (shape.crops * _IN_A_ROW)[:_IN_A_ROW]
    pieces = [cv2.resize(crop, (max(round(crop.shape[1] * _HEIGHT / crop.shape[0]), 4), _HEIGHT)) for crop in crops]
    blank = np.zeros((_HEIGHT, _HEIGHT // 2), np.uint8)
    row = 255 - np.hstack([blank, *pieces, blank])
    text, score = ocr.line_of(np.repeat(np.pad(row, 8, constant_values=255)[:, :, None], 3, axis=2))
    counts = Counter(text.replace(" ", "").translate(_FOR_DIGITS))
    if not counts:
        return None
    character, count = counts.most_common(1)[0]
    if character not in "0123456789%" or count < _ALIKE * sum(counts.values()):
        return None
    return character, score
