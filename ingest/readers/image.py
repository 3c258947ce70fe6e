"""Pictures of pages (png, jpg, tif with several frames) through OCR."""

from __future__ import annotations

import io
import warnings

from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.flat import shapes
from ingest.layout.assemble import parts_of
from ingest.layout.marks import PageMarks
from ingest.limits import Limits
from ingest.readers import ocr

VERSION = f"8+words{shapes.WORDS_VERSION}"

_MOST_PIXELS = 80_000_000


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables of a picture. RejectError where it is damaged, too large, without text, or OCR is missing."""
    ocr.require()
    pages = marks_of(data, limits)
    if not any(page.glyphs for page in pages):
        raise RejectError(RejectReason.NO_TEXT, "OCR found no text in the picture")
    return Document(parts_of(pages), page_count=len(pages), ocr_used=True)


def marks_of(data: bytes, limits: Limits, first_page: int = 1) -> list[PageMarks]:
    """Marks of each frame, upright and on white; pages count from `first_page`. RejectError as of `read`."""
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    pages: list[PageMarks] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
        frames = getattr(picture, "n_frames", 1)
        if frames > limits.pages:
            raise RejectError(RejectReason.TOO_MANY_PAGES, f"{frames} frames; the limit is {limits.pages}")
        for number in range(frames):
            picture.seek(number)
            if picture.width * picture.height > _MOST_PIXELS:
                raise RejectError(RejectReason.TOO_LARGE, f"{picture.width} x {picture.height} pixels")
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            page = Image.new("RGB", upright.size, "white")
            page.paste(upright, mask=upright.getchannel("A"))
            pages.append(ocr.page_marks(np.asarray(page), first_page + number))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise RejectError(RejectReason.DAMAGED, f"the picture cannot be decoded: {error}") from error
    return pages
