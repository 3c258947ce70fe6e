"""PDF pages for tests, drawn with reportlab in a Chinese font that needs no file."""

from __future__ import annotations

import io
from collections.abc import Callable

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT = 72.0, 523.0
SIZE, LEADING = 12.0, 20.0

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

Draw = Callable[[Canvas], None]


def pdf(*pages: Draw, rotation: int = 0, **options: object) -> bytes:
    """A document of these pages."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), **options)
    for page in pages:
        canvas.setFont("STSong-Light", SIZE)
        if rotation:
            canvas.setPageRotation(rotation)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def text(canvas: Canvas, x: float, top: float, words: str, size: float = SIZE) -> None:
    canvas.setFont("STSong-Light", size)
    canvas.drawString(x, HEIGHT - top - size, words)


def prose(canvas: Canvas, top: float, words: str, indent: float = 2 * SIZE) -> float:
    """A paragraph wrapped at the right margin; gives where the next one begins."""
    line, x = "", LEFT + indent
    for character in words:
        if x + pdfmetrics.stringWidth(line + character, "STSong-Light", SIZE) > RIGHT:
            text(canvas, x, top, line)
            line, x, top = "", LEFT, top + LEADING
        line += character
    text(canvas, x, top, line)
    return top + LEADING


def table(
    canvas: Canvas,
    top: float,
    widths: list[float],
    rows: list[list[tuple[str, int, int] | str | None]],
    height: float = 20.0,
    ruled: bool = True,
) -> float:
    """
    A table; a cell is its text, or (text, rows covered, columns covered), or None where another one covers it.

    Texts of several lines are set line by line; gives where the table ends.
    """
    xs = [LEFT + sum(widths[:index]) for index in range(len(widths) + 1)]
    for number, row in enumerate(rows):
        for col, cell in enumerate(row):
            if cell is None:
                continue
            words, down, across = cell if isinstance(cell, tuple) else (cell, 1, 1)
            x0, x1 = xs[col], xs[col + across]
            y0, y1 = top + number * height, top + (number + down) * height
            if ruled:
                canvas.rect(x0, HEIGHT - y1, x1 - x0, y1 - y0)
            lines = words.split("\n")
            size = 9.0
            begin = (y0 + y1) / 2 - len(lines) * size * 1.1 / 2
            for index, line in enumerate(lines):
                text(canvas, x0 + 3, begin + index * size * 1.1, line, size)
    return top + len(rows) * height
