"""Digits whose meaning a PDF's font does not tell are told by their shapes, the rest of the page staying as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from helpers.pdf_pages import Canvas, pdf, table, text

from ingest.layout.marks import UNTOLD, Glyph, PageMarks, lines_of
from ingest.limits import Limits
from ingest.readers import ocr, untold
from ingest.readers.pdfium import open_pdf, page_text

pytestmark = pytest.mark.skipif(not ocr.is_available(), reason="OCR is not installed")


def page(canvas: Canvas) -> None:
    text(canvas, 80, 60, "某某县水务局2021年政府信息公开年度报告", 14)
    table(canvas, 120, [200, 80], [["收到申请数", "1"], ["收费金额", "954.66"], ["办结数", "3,780"], ["结转数", "25"]])


def marks_and_picture() -> tuple[PageMarks, Any]:
    document: pypdfium2.PdfDocument = open_pdf(pdf(page), Limits())
    try:
        picture = document[0].render(scale=untold.SCALE, rev_byteorder=True).to_numpy()
        return page_text(document, 0).marks, picture
    finally:
        document.close()


def without(marks: PageMarks, characters: str) -> PageMarks:
    """The marks as of a font that does not tell these characters."""
    return replace(marks, glyphs=[_untold(glyph) if glyph.text in characters else glyph for glyph in marks.glyphs])


def _untold(glyph: Glyph) -> Glyph:
    return replace(glyph, text=UNTOLD)


def test_digits_and_points_are_told_by_their_shapes_and_bear_how_surely() -> None:
    marks, picture = marks_and_picture()
    told = untold.told_by_shape(without(marks, "0123456789.,"), picture)
    assert told is not None
    assert [line.text for line in lines_of(told.glyphs)] == [line.text for line in lines_of(marks.glyphs)]
    sure = {glyph.text: glyph.confidence for glyph in told.glyphs}
    assert sure["县"] is None
    assert all(sure[digit] > 0.9 for digit in "0123456789")  # type: ignore[operator]


def test_what_is_no_digit_stays_open() -> None:
    marks, picture = marks_and_picture()
    assert untold.told_by_shape(without(marks, "0123456789县"), picture) is None


def test_glyphs_that_are_not_in_the_picture_stay_open() -> None:
    marks, picture = marks_and_picture()
    elsewhere = replace(
        marks, glyphs=[replace(glyph, top=glyph.top + 300, bottom=glyph.bottom + 300) for glyph in marks.glyphs]
    )
    assert untold.told_by_shape(without(elsewhere, "0123456789"), picture) is None
