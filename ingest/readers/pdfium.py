"""Marks of PDF pages through pdfium: characters that are seen, ruling lines, and whether the text can be used."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as raw

from ingest.errors import RejectError, RejectReason
from ingest.layout.marks import UNTOLD, Glyph, PageMarks, Ruling
from ingest.layout.struck import struck_out
from ingest.limits import Limits
from ingest.readers.pdf_layers import unshown
from ingest.readers.pdf_seen import Box, Sight, address_at

_THIN = 2.5
_SHORTEST = 3.0
_DEEPEST_FORM = 5
_MOST_PATHS = 50_000
_FEWEST_BAD, _SURELY_FIGURES = 3, 20
_BLANKS = {0x0D, 0x0A, 0x20, 0x09, 0xA0, 0x3000, 0x200B, 0xFEFF}
_LEAST_INK = 0.3
"""Points that a glyph is wide and tall at least."""
_COUNTED = set("年月日条件次个人万元期份场篇")
_SHOWN_NOTES = {raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_REDACT}


@dataclass(slots=True)
class PageText:
    """Marks of a page, and what is known of its text layer and pictures."""

    marks: PageMarks
    aside: PageMarks | None
    """Marks of the texts that run the page's own way, where most of them are turned, as on a table laid sideways."""
    bad_share: float
    """Share of glyphs whose meaning the file does not tell."""
    figures_untold: bool
    """Whether the glyphs without meaning stand where figures should: a font of digits alone may lack it."""
    invisible: bool
    """Whether the text stands unseen over a picture, as OCR programs leave it."""
    pictured: bool
    """Whether a picture covers most of the page, or there is anything else to be seen where there is no text."""


def open_pdf(data: bytes, limits: Limits) -> pypdfium2.PdfDocument:
    """The document. RejectError where it is damaged, needs a password, or has too many pages."""
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
        if document.get_formtype() == raw.FORMTYPE_ACRO_FORM:
            document.init_forms()  # draws the fields that the file gives a value and no look
    except pypdfium2.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise RejectError(RejectReason.ENCRYPTED, "the document is protected by a password") from error
        raise RejectError(RejectReason.DAMAGED, f"the document cannot be opened: {error}") from error
    if count > limits.pages:
        raise RejectError(RejectReason.TOO_MANY_PAGES, f"{count} pages; the limit is {limits.pages}")
    if count < 1:
        raise RejectError(RejectReason.DAMAGED, "the document has no page")
    return document


def page_text(document: pypdfium2.PdfDocument, index: int, *, with_layers: bool = False) -> PageText:
    """Marks of the page at `index` (from 0), turned upright as the page is shown. `with_layers` as of `Sight`."""
    page = _page(document, index)
    try:
        paths = _Paths(_View(page, page.get_rotation()), with_layers)
        paths.collect(page.raw, None, 0)
        turn = paths.sight.usual_turn()
        aside: PageMarks | None = None
        own = None
        if turn is not None and turn != paths.view.turn:
            view = paths.view
            if paths.sight.turns[view.turn]:
                glyphs, _, _ = _glyphs(page, view, paths.sight, 0.0, view.turn)
                aside, own = PageMarks(index + 1, view.width, view.height, glyphs), turn
            paths = _Paths(_View(page, turn), with_layers)
            paths.collect(page.raw, None, 0)
        view = paths.view
        share = paths.picture_area / max(view.width * view.height, 1)
        glyphs, bad, is_layer = _glyphs(page, view, paths.sight, share, own)
        if paths.strokes:
            struck, lines = struck_out(glyphs, paths.strokes, paths.verticals)
            glyphs = [glyph for place, glyph in enumerate(glyphs) if place not in struck]
            paths.forget(lines)
        marks = PageMarks(index + 1, view.width, view.height, glyphs, paths.horizontals, paths.verticals)
        seen = bool(paths.picture_area or paths.count)
        return PageText(
            marks,
            aside,
            bad_share=bad / max(len(glyphs), 1),
            figures_untold=bad >= _FEWEST_BAD and lacks_figures(glyphs),
            invisible=is_layer,
            pictured=share > 0.3 or (not glyphs and seen),
        )
    finally:
        page.close()


def lacks_figures(glyphs: list[Glyph]) -> bool:
    """Whether hardly a digit is told, and glyphs that are not told stand before what figures count."""
    untold = sum(glyph.text == UNTOLD for glyph in glyphs)
    digits = sum(glyph.text.isdecimal() for glyph in glyphs)
    counted = sum(one.text == UNTOLD and other.text in _COUNTED for one, other in pairwise(glyphs))
    return 4 * digits < untold and (counted > 1 or untold >= _SURELY_FIGURES)


def _page(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    """The page, with what forms and notes show on it made part of its contents."""
    try:
        page = document[index]
        if _SHOWN_NOTES.intersection(_notes(page)):
            raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
            page.close()
            page = document[index]
    except pypdfium2.PdfiumError as error:
        raise RejectError(RejectReason.DAMAGED, f"page {index + 1} cannot be read: {error}") from error
    return page


def _notes(page: pypdfium2.PdfPage) -> Iterator[int]:
    """Kinds of the notes on a page."""
    for number in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        note = raw.FPDFPage_GetAnnot(page.raw, number)
        if note:
            yield raw.FPDFAnnot_GetSubtype(note)
            raw.FPDFPage_CloseAnnot(note)


class _View:
    """Points of the page's own space to points from the top left corner of the page turned by so many degrees."""

    def __init__(self, page: pypdfium2.PdfPage, turn: int) -> None:
        self.left, self.low, self.right, self.high = page.get_cropbox()
        self.turn = turn
        wide, tall = self.right - self.left, self.high - self.low
        self.width, self.height = (wide, tall) if self.turn in (0, 180) else (tall, wide)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """x0, top, x1, bottom as shown."""
        left, low, right, high = x0 - self.left, y0 - self.low, x1 - self.left, y1 - self.low
        wide, tall = self.right - self.left, self.high - self.low
        if self.turn == 90:
            return low, left, high, right
        if self.turn == 180:
            return wide - right, low, wide - left, high
        if self.turn == 270:
            return tall - high, wide - right, tall - low, wide - left
        return left, tall - high, right, tall - low


def _glyphs(
    page: pypdfium2.PdfPage, view: _View, sight: Sight, picture_share: float, turn: int | None = None
) -> tuple[list[Glyph], int, bool]:
    """
    Glyphs that are seen, without made-up blanks; how many have no known meaning; whether they lie over a scan.

    With `turn` those alone that run this way.
    """
    text_page = page.get_textpage()
    glyphs: list[Glyph] = []
    indices: list[int] = []
    bad: set[int] = set()
    box = raw.FS_RECTF()
    place_of_box = ctypes.byref(box)
    try:
        handle = text_page.raw
        for index in range(text_page.count_chars()):
            code = raw.FPDFText_GetUnicode(handle, index)
            if raw.FPDFText_IsGenerated(handle, index) == 1 or (code in _BLANKS and not _has_ink(handle, index, code)):
                continue
            if turn is not None and sight.turn_of.get(address_at(handle, index), turn) != turn:
                continue
            raw.FPDFText_GetLooseCharBox(handle, index, place_of_box)
            # a box of turned text may come with its edges the wrong way round
            left, right, low, high = box.left, box.right, box.bottom, box.top
            if left > right:
                left, right = right, left
            if low > high:
                low, high = high, low
            x0, top, x1, bottom = view.box(left, low, right, high)
            if x1 < 0 or bottom < 0 or x0 > view.width or top > view.height or bottom - top < 0.5:
                continue
            text = _character(code)
            if text is None or raw.FPDFText_HasUnicodeMapError(handle, index) == 1:
                bad.add(len(glyphs))
                text = text or UNTOLD
            glyphs.append(Glyph(text, x0, top, x1, bottom))
            indices.append(index)
        unseen = sight.unseen(handle, glyphs, indices, picture_share)
        if sight.layered:
            texts = {place: address_at(handle, index) for place, index in enumerate(indices)}
            texts = {place: text for place, text in texts.items() if text in sight.layered}
            unseen.places.update(unshown(page, view.turn, glyphs, texts))
    finally:
        text_page.close()
    if unseen.places:
        glyphs = [glyph for place, glyph in enumerate(glyphs) if place not in unseen.places]
    return glyphs, len(bad - unseen.places), unseen.is_layer


def _has_ink(handle: object, index: int, code: int) -> bool:
    """Whether what passes for a blank is a glyph that is seen: fonts without meanings number theirs as they like."""
    if code > 0x20:
        return False
    sides = [ctypes.c_double() for _ in range(4)]
    if not raw.FPDFText_GetCharBox(handle, index, *map(ctypes.byref, sides)):
        return False
    left, right, bottom, top = (side.value for side in sides)
    return abs(right - left) > _LEAST_INK and abs(top - bottom) > _LEAST_INK


def _character(code: int) -> str | None:
    """The character; None where the file does not tell one. Radicals and ligatures become what they stand for."""
    if code <= 0x20 or 0xD800 <= code < 0xF900 or code in (0xFFFD, 0xFFFE, 0xFFFF) or code > 0xEFFFF:
        return None
    character = chr(code)
    if 0x2E80 <= code < 0x2FE0 or 0xF900 <= code < 0xFB07:
        return unicodedata.normalize("NFKC", character)
    return character


Matrix = tuple[float, float, float, float, float, float]


class _Paths:
    """Ruling lines among the paths of a page, what of it is seen, and the area that pictures cover."""

    def __init__(self, view: _View, with_layers: bool) -> None:
        self.view = view
        self.horizontals: list[Ruling] = []
        self.verticals: list[Ruling] = []
        self.strokes: list[Ruling] = []
        """The horizontals that are lines by themselves and no edges of boxes."""
        self.sight = Sight(self._bounds, with_layers=with_layers)
        self.picture_area = 0.0
        self.count = 0

    def collect(self, container: object, matrix: Matrix | None, depth: int) -> None:
        """Go through the objects of a page or form."""
        in_form = depth > 0
        count = raw.FPDFFormObj_CountObjects(container) if in_form else raw.FPDFPage_CountObjects(container)
        for index in range(count):
            if self.count > _MOST_PATHS:
                return
            item = raw.FPDFFormObj_GetObject(container, index) if in_form else raw.FPDFPage_GetObject(container, index)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self.count += 1
                self._path(item, matrix)
            elif kind == raw.FPDF_PAGEOBJ_TEXT:
                self.sight.add_text(item, matrix)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                x0, top, x1, bottom = self._bounds(item, matrix)
                self.sight.add_picture((x0, top, x1, bottom))
                self.picture_area += max(x1 - x0, 0) * max(bottom - top, 0)
            elif kind == raw.FPDF_PAGEOBJ_SHADING:
                self.sight.add_picture(self._bounds(item, matrix))
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
                self.collect(item, _product(_matrix(item), matrix), depth + 1)

    def forget(self, lines: list[Ruling]) -> None:
        """Take lines out of the rulings: they strike text out and part no cells."""
        if lines:
            known = {id(line) for line in lines}
            self.horizontals = [line for line in self.horizontals if id(line) not in known]

    def _bounds(self, item: object, matrix: Matrix | None) -> Box:
        left, low, right, high = (ctypes.c_float() for _ in range(4))
        raw.FPDFPageObj_GetBounds(item, left, low, right, high)
        x0, y0, x1, y1 = left.value, low.value, right.value, high.value
        if matrix is not None:
            (x0, y0), (x1, y1) = _moved(matrix, x0, y0), _moved(matrix, x1, y1)
        return self.view.box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _path(self, item: object, matrix: Matrix | None) -> None:
        x0, top, x1, bottom = self._bounds(item, matrix)
        wide, tall = x1 - x0, bottom - top
        if wide <= _THIN or tall <= _THIN:
            self._edge(x0, top, x1, bottom, is_line=True)
            return
        is_box = raw.FPDFPath_CountSegments(item) <= 5
        self.sight.add_path(item, (x0, top, x1, bottom), is_box)
        if is_box:
            for edge in ((x0, top, x1, top), (x0, bottom, x1, bottom), (x0, top, x0, bottom), (x1, top, x1, bottom)):
                self._edge(*edge)
        else:
            self._segments(item, _product(_matrix(item), matrix))

    def _edge(self, x0: float, top: float, x1: float, bottom: float, *, is_line: bool = False) -> None:
        if x1 - x0 >= bottom - top:
            if x1 - x0 >= _SHORTEST:
                self.horizontals.append(Ruling(x0, x1, (top + bottom) / 2))
                if is_line:
                    self.strokes.append(self.horizontals[-1])
        elif bottom - top >= _SHORTEST:
            self.verticals.append(Ruling(top, bottom, (x0 + x1) / 2))

    def _segments(self, item: object, matrix: Matrix) -> None:
        """Straight pieces of a path of many."""
        x, y = ctypes.c_float(), ctypes.c_float()
        before: tuple[float, float] | None = None
        start: tuple[float, float] | None = None
        for index in range(min(raw.FPDFPath_CountSegments(item), _MOST_PATHS)):
            segment = raw.FPDFPath_GetPathSegment(item, index)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            point = _moved(matrix, x.value, y.value)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_LINETO and before is not None:
                self._straight(before, point)
            elif kind == raw.FPDF_SEGMENT_MOVETO:
                start = point
            if raw.FPDFPathSegment_GetClose(segment) and start is not None:
                self._straight(point, start)
            before = point

    def _straight(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        (xa, ya), (xb, yb) = one, other
        if abs(xa - xb) <= 1 or abs(ya - yb) <= 1:
            self._edge(*self.view.box(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)), is_line=True)


def _matrix(item: object) -> Matrix:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix))
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _product(inner: Matrix, outer: Matrix | None) -> Matrix:
    if outer is None:
        return inner
    a, b, c, d, e, f = inner
    oa, ob, oc, od, oe, of = outer
    return (
        a * oa + b * oc,
        a * ob + b * od,
        c * oa + d * oc,
        c * ob + d * od,
        e * oa + f * oc + oe,
        e * ob + f * od + of,
    )


def _moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
