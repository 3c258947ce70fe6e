"""Pictures of pages: how far they are turned, and where ruling lines stand. Images are arrays as OpenCV has them."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

from ingest.layout.marks import Glyph, Moving, Ruling

Image = np.ndarray[Any, np.dtype[np.uint8]]
Point = tuple[float, float]

LARGEST_TURN = 10.0
"""Degrees up to which a turned page is put right."""


def turn_of(boxes: list[list[Point]]) -> float:
    """Degrees by which lines of text run downwards to the right: the median of wide boxes; 0 where it is not clear."""
    turns = []
    for (x0, y0), (x1, y1), *_ in boxes:
        length = math.hypot(x1 - x0, y1 - y0)
        height = math.dist(boxes[0][0], boxes[0][3]) or 1.0
        if length > 5 * height:
            turns.append((math.degrees(math.atan2(y1 - y0, x1 - x0)), length))
    if not turns:
        return 0.0
    turns.sort()
    half = sum(length for _, length in turns) / 2
    for turn, length in turns:
        half -= length
        if half <= 0:
            return turn if abs(turn) <= LARGEST_TURN else 0.0
    return 0.0


def turned_back(image: Image, degrees: float) -> tuple[Image, Any]:
    """The image turned upright around its middle, with the 2x3 matrix that moves its points."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    white = (255, 255, 255)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderValue=white), np.uint8), matrix


def moved(matrix: Any, point: Point) -> Point:
    """A point moved by a 2x3 matrix."""
    x, y = point
    return (
        float(matrix[0][0] * x + matrix[0][1] * y + matrix[0][2]),
        float(matrix[1][0] * x + matrix[1][1] * y + matrix[1][2]),
    )


def way_back(matrix: Any, quarters: int, image: Image, unit: float) -> Moving:
    """From points of a picture turned to the left by quarters, then by `matrix`, to those of `image` as it is."""
    height, width = image.shape[:2]
    unturned = np.vstack([cv2.invertAffineTransform(np.asarray(matrix, np.float64)), [0, 0, 1]])
    unturned[:2, 2] *= unit
    right, low = width * unit, height * unit
    upright = {
        0: [[1, 0, 0], [0, 1, 0]],
        1: [[0, -1, right], [1, 0, 0]],
        2: [[-1, 0, right], [0, -1, low]],
        3: [[0, 1, 0], [-1, 0, low]],
    }[quarters]
    across, down = (np.asarray(upright, np.float64) @ unturned).tolist()
    return (across[0], across[1], across[2]), (down[0], down[1], down[2])


def ink_of(image: Image) -> Image:
    """White where the image is dark against its surroundings, black elsewhere."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    block = max(15, min(gray.shape) // 60 | 1)
    ink = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 12)
    return np.asarray(ink, np.uint8)


def rulings_of(ink: Image, glyphs: list[Glyph], height: float) -> tuple[list[Ruling], list[Ruling]]:
    """
    Horizontal and vertical ruling lines in pixels, where text is `height` pixels high.

    Strokes of characters are no lines: a line is longer than the text is high, one that is not very long begins and
    ends at lines of the other kind, and a short one does not run through the middle of a glyph.
    """
    thickest = max(int(height / 3), 4)
    across = _lines(ink, int(1.5 * height), thickest, along=0)
    down = _lines(ink, int(1.2 * height), thickest, along=1)
    down = [line for line in down if line.end - line.start > 2 * height or not _runs_through(line, glyphs)]
    near = 0.4 * height
    for _ in range(2):
        down = [line for line in down if line.end - line.start > 8 * height or _is_held(line, across, near)]
        across = [line for line in across if line.end - line.start > 12 * height or _is_held(line, down, near)]
    return across, down


def _runs_through(line: Ruling, glyphs: list[Glyph]) -> bool:
    """Whether a vertical line runs through the middle of a glyph, as the upright stroke of 本 does in a narrow row."""
    return any(
        0.2 < (line.at - glyph.x0) / (glyph.x1 - glyph.x0) < 0.8
        and line.start <= (glyph.top + glyph.bottom) / 2 <= line.end
        for glyph in glyphs
    )


def _is_held(line: Ruling, others: list[Ruling], near: float) -> bool:
    """Whether lines of the other kind stand at both ends of a line."""
    return all(
        any(abs(other.at - end) <= near and other.start - near <= line.at <= other.end + near for other in others)
        for end in (line.start, line.end)
    )


def _lines(ink: Image, least: int, thickest: int, along: int) -> list[Ruling]:
    """Lines along the x axis (0) or the y axis (1)."""
    across, down = ((least, 1), (1, 3)) if along == 0 else ((1, least), (3, 1))
    # a stroke thickened across its direction survives a scan that is off by a pixel here and there
    thick = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_RECT, down))
    lines = cv2.morphologyEx(thick, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, across))
    count, _, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    found: list[Ruling] = []
    for x, y, width, height, _ in stats[1:count].tolist():
        length, thickness, start = (width, height, x) if along == 0 else (height, width, y)
        if thickness <= thickest + 2:
            at = y + height / 2 if along == 0 else x + width / 2
            found.append(Ruling(float(start), float(start + length), at))
    return found
