"""Layers of a PDF that are switched off: what stands in them is told by whether the page shows it when it is drawn."""

from __future__ import annotations

import ctypes
import re
import zlib
from collections import defaultdict

import pypdfium2
import pypdfium2.raw as raw

from ingest.layout.marks import Glyph

_LAYERS = b"/OCProperties"
_STEP = 1 << 16
"""Bytes of a packed stream that are looked at together: where it ends is not known before."""
_PACKED = re.compile(rb"/Type\s*/ObjStm\b.{0,300}?\bstream\r?\n", re.DOTALL)
_SCALE = 2.0
"""Pixels a point of the picture in which glyphs are looked for."""
_CONTRAST = 24
_SEEN = 0.5
"""Share of the glyphs of a text that must show."""


def has_layers(data: bytes) -> bool:
    """Whether a file has layers that can be switched off, in its own text or packed in it."""
    return _LAYERS in data or any(_has_packed_layers(data, found.end()) for found in _PACKED.finditer(data))


def _has_packed_layers(data: bytes, start: int) -> bool:
    """The same of the stream that begins there; what comes behind it is neither copied nor kept."""
    unpacking, last = zlib.decompressobj(), b""
    for at in range(start, len(data), _STEP):
        try:
            last = last[-len(_LAYERS) :] + unpacking.decompress(data[at : at + _STEP])
        except zlib.error:
            return False
        if _LAYERS in last:
            return True
        if unpacking.eof:
            break
    return False


def is_layered(item: object) -> bool:
    """Whether an object is marked as standing in a layer."""
    name, length = (raw.FPDF_WCHAR * 3)(), ctypes.c_ulong()
    for number in range(raw.FPDFPageObj_CountMarks(item)):
        mark = raw.FPDFPageObj_GetMark(item, number)
        if raw.FPDFPageObjMark_GetName(mark, name, 6, length) and list(name) == [ord("O"), ord("C"), 0]:
            return True
    return False


def unshown(page: pypdfium2.PdfPage, turn: int, glyphs: list[Glyph], texts: dict[int, int]) -> set[int]:
    """
    Places of the glyphs of texts that the page does not show.

    `turn` is how the page was turned for the boxes of its glyphs; `texts` has the number of a text by the place of each
    glyph that may be in a layer.
    """
    if not texts:
        return set()
    picture = page.render(scale=_SCALE, rotation=(turn - page.get_rotation()) % 360, grayscale=True).to_pil()
    shows: dict[int, list[bool]] = defaultdict(list)
    for place, text in texts.items():
        glyph = glyphs[place]
        box = [round(_SCALE * at) for at in (glyph.x0, glyph.top, glyph.x1, glyph.bottom)]
        darkest, lightest = picture.crop(
            (box[0], box[1], max(box[2], box[0] + 1), max(box[3], box[1] + 1))
        ).getextrema()
        shows[text].append(lightest - darkest >= _CONTRAST)
    hidden = {text for text, seen in shows.items() if sum(seen) < _SEEN * len(seen)}
    return {place for place, text in texts.items() if text in hidden}
