"""PDF files: text and ruling lines through pdfium; pages that are pictures, or whose text is unusable, through OCR."""

from __future__ import annotations

import pypdfium2

from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.flat import shapes
from ingest.layout.assemble import parts_of
from ingest.layout.marks import PageMarks, in_points
from ingest.limits import Limits
from ingest.readers import ocr, untold
from ingest.readers.pdf_layers import has_layers
from ingest.readers.pdfium import PageText, open_pdf, page_text

VERSION = f"11+words{shapes.WORDS_VERSION}"

_BAD_SHARE = 0.2
_FEW_GLYPHS = 10


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables of a PDF. RejectError where it is damaged, protected, over a limit, or needs a missing OCR."""
    pdf = open_pdf(data, limits)
    with_layers = has_layers(data)
    try:
        pages: list[PageMarks] = []
        ocr_used = figures_untold = False
        characters = 0
        for index in range(len(pdf)):
            text = page_text(pdf, index, with_layers=with_layers)
            marks = text.marks
            # a font that lacks the meaning of its figures on one page lacks it on the next, few as they may be there
            text.figures_untold = text.figures_untold or (figures_untold and text.bad_share > 0)
            figures_untold = figures_untold or text.figures_untold
            if _needs_ocr(text):
                marks = _ocr_page(pdf, index, text)
                ocr_used = ocr_used or marks is not text.marks
            if text.aside is not None and marks is text.marks:
                pages.append(text.aside)
            pages.append(marks)
            characters += len(marks.glyphs)
            if characters > limits.chars:
                raise RejectError(RejectReason.TOO_MANY_CHARACTERS, f"more than {limits.chars} characters")
        if not characters:
            raise RejectError(RejectReason.NO_TEXT, "no page holds text")
        return Document(parts_of(pages), _properties(pdf), page_count=len(pdf), ocr_used=ocr_used)
    finally:
        pdf.close()


def _properties(pdf: pypdfium2.PdfDocument) -> dict[str, str]:
    """What the file says of itself; nothing where that is broken."""
    try:
        return {key: value for key, value in pdf.get_metadata_dict().items() if value}
    except UnicodeDecodeError:
        return {}


def _needs_ocr(text: PageText) -> bool:
    count = len(text.marks.glyphs)
    if count < _FEW_GLYPHS:
        return text.pictured
    return text.bad_share > _BAD_SHARE or ((text.invisible or text.figures_untold) and ocr.is_available())


def _ocr_page(pdf: pypdfium2.PdfDocument, index: int, text: PageText) -> PageMarks:
    """Marks of a page read from its picture, or of its text where the picture tells what that leaves open. RejectError
    where OCR is needed and not installed.
    """
    unusable = len(text.marks.glyphs) >= _FEW_GLYPHS
    if not ocr.is_available():
        if unusable:
            raise RejectError(
                RejectReason.TEXT_LAYER_UNUSABLE,
                f"the text of page {index + 1} cannot be used, and reading it from its picture needs the ocr extra",
            )
        raise RejectError(RejectReason.READER_MISSING, f"page {index + 1} is a picture; reading it needs the ocr extra")
    page = pdf[index]
    try:
        if text.figures_untold and text.aside is None:
            told = untold.told_by_shape(text.marks, page.render(scale=untold.SCALE, rev_byteorder=True).to_numpy())
            if told is not None:
                return told
        image = page.render(scale=ocr.LONG_SIDE / max(*page.get_size(), 1.0), rev_byteorder=True).to_numpy()
        marks = ocr.page_marks(image, index + 1)
        marks.place = in_points(marks.place, max(page.get_size()) / ocr.POINTS)
    finally:
        page.close()
    # a page with a few real glyphs and no readable picture keeps them
    return marks if marks.glyphs else text.marks
