"""Pictures of the pages of originals that were kept, made in a process that can do no harm."""

from __future__ import annotations

import io
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gongkai.explore.apart import deaf_to_ctrl_c
from ingest.originals import Originals

if TYPE_CHECKING:
    from PIL.Image import Image

LONG_SIDE = 1800
"""Pixels of a picture's longer side: enough to read the smallest print on a screen."""
SECONDS = 30
"""How long a page may take."""
MEMORY = 1_500_000_000
"""Bytes that the drawing process may take."""
POINTS = 842.0
"""What the longer side of a picture counts, as in the boxes of raw."""

Size = tuple[float, float]
Made = TypeVar("Made")


class PagePictures:
    """Draws pages of PDF files and pictures; None where there is no original, or it cannot be drawn."""

    def __init__(self, originals: Originals) -> None:
        self.originals = originals
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def sizes(self, document_id: str, media_type: str) -> list[Size]:
        """Width and height of each page in points; nothing where there are no pages to look at."""
        if media_type != "application/pdf" and not media_type.startswith("image/"):
            return []
        return self._made(_sizes, document_id) or []

    def png(self, document_id: str, page: int) -> bytes | None:
        """A page, from 1, as PNG."""
        return self._made(_png, document_id, page)

    def _made(self, make: Callable[..., Made], document_id: str, *arguments: int) -> Made | None:
        path = self.originals.path(document_id)
        if not document_id.isalnum() or not path.is_file():
            return None
        with self._lock:  # one page at a time: a second process would only take the first one's core
            if self._pool is None:
                self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _confine, (os.getpid(),))
            try:
                with deaf_to_ctrl_c():
                    made = self._pool.submit(make, path, *arguments)
                return made.result(timeout=SECONDS)
            except (BrokenProcessPool, TimeoutError):
                self.end()
                return None
            except Exception:  # noqa: BLE001 - whatever a damaged file makes of its reader
                return None

    def end(self) -> None:
        """End the process that draws, if there is one."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(cancel_futures=True)


def _confine(parent: int) -> None:
    """What the files are: strangers."""
    from ingest.sandbox import cut_network, die_with_parent, limit_memory

    die_with_parent(parent)
    cut_network()
    limit_memory(MEMORY)


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


def _sizes(path: Path) -> list[Size]:
    if _is_pdf(path):
        import pypdfium2

        pdf = pypdfium2.PdfDocument(path)
        return [(page.get_width(), page.get_height()) for page in pdf]
    return [(width * unit, height * unit) for width, height, unit in map(_measured, _frames(path))]


def _png(path: Path, page: int) -> bytes | None:
    if _is_pdf(path):
        import pypdfium2

        own = pypdfium2.PdfDocument(path)[page - 1]
        picture = own.render(scale=LONG_SIDE / max(own.get_size())).to_pil()
    else:
        picture = next(frame for number, frame in enumerate(_frames(path), start=1) if number == page)
        picture.thumbnail((LONG_SIDE, LONG_SIDE))
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def _frames(path: Path) -> Iterator[Image]:
    """The frames of a picture the way up that they are meant to be seen, as OCR has read them."""
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            yield ImageOps.exif_transpose(picture)


def _measured(frame: Image) -> tuple[int, int, float]:
    return frame.width, frame.height, POINTS / max(frame.size)
