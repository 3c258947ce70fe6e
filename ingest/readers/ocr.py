"""OCR of page pictures with RapidOCR, whose models come inside its wheel. Works only with the extra `ocr`."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from ingest.cores import cores
from ingest.errors import RejectError, RejectReason
from ingest.layout.grids import grids_of
from ingest.layout.marks import Glyph, PageMarks, Ruling

if TYPE_CHECKING:
    from ingest.layout.scan import Image, Point

LONG_SIDE = 2340
"""Pixels of a page's longer side: A4 at 200 dpi."""
_DETECTED_SIDE = 1600
"""Text is found in a smaller picture, which takes half the memory, and read in the larger one."""
_USUAL_HEIGHT = 30.0
POINTS = 842.0
"""What the longer side of a picture counts: the points of A4."""
_TOLERANCE = 4.0
_BOX_MARGIN = 0.12
_LEAST_INK = 0.004
_BAD_SCORE = 0.93
_MOST_CROPS = 400


@cache
def is_available() -> bool:
    """Whether everything OCR needs is installed, models included, so that nothing is ever fetched."""
    if any(importlib.util.find_spec(name) is None for name in ("rapidocr", "onnxruntime", "cv2")):
        return False
    return all(model is not None for model in _models().values())


def require() -> None:
    """RejectError `reader_missing` where OCR is not installed."""
    if not is_available():
        raise RejectError(RejectReason.READER_MISSING, "reading pictures of pages needs the ocr extra (rapidocr)")


def page_marks(image: Image, number: int) -> PageMarks:
    """
    Glyphs and ruling lines of a picture of a page (RGB), put upright, in points of an A4 page's height.

    Cells that hold ink but no text found at first are looked at once more, each by itself.
    """
    from ingest.layout import scan

    sized = _sized(image)
    image, found, quarters = _upright(sized)
    quads = _quads(found)
    turn = scan.turn_of(quads)
    upright, matrix = scan.turned_back(image, turn)
    glyphs = [
        glyph
        for line in (found.word_results if quads else ())
        for text, confidence, box in line
        if text.strip() and (glyph := _glyph(text, confidence, [scan.moved(matrix, point) for point in _points(box)]))
    ]
    ink = scan.ink_of(upright)
    horizontals, verticals = scan.rulings_of(ink, glyphs, median([glyph.height for glyph in glyphs] or [_USUAL_HEIGHT]))
    unit = POINTS / max(image.shape[:2])
    marks = PageMarks(
        number,
        image.shape[1] * unit,
        image.shape[0] * unit,
        [_scaled(glyph, unit) for glyph in glyphs],
        [Ruling(line.start * unit, line.end * unit, line.at * unit) for line in horizontals],
        [Ruling(line.start * unit, line.end * unit, line.at * unit) for line in verticals],
        tolerance=_TOLERANCE,
    )
    marks.glyphs += _second_look(marks, upright, ink, unit)
    if quarters or turn:
        marks.place = scan.way_back(matrix, quarters, sized, unit)
    return marks


def line_of(image: Image) -> tuple[str, float]:
    """The text of a picture of one line, and how surely it was read."""
    found = _run(image, use_det=False, use_rec=True, return_word_box=False, return_single_char_box=False)
    read = list(zip(found.txts or (), found.scores or (), strict=False))
    return (str(read[0][0]), round(float(read[0][1]), 4)) if read else ("", 0.0)


def _upright(image: Image) -> tuple[Image, Any, int]:
    """The picture the right way up, with what was found in it and the quarters by which it was turned to the left: one
    laid on its side or its head reads badly."""
    import numpy as np

    found = _find(image)
    quads = _quads(found)
    if not quads:
        return image, found, 0
    texts = list(zip(found.txts, quads, strict=True))
    upended = [_height(quad) > 1.5 * _length(quad) for text, quad in texts if len(text) > 3]
    if upended and 2 * sum(upended) > len(upended):
        turns = [1, 3]
    elif sum(found.scores) < _BAD_SCORE * len(found.scores):
        turns = [2]
    else:
        return image, found, 0
    choices = [(image, found, 0)]
    for quarter in turns:
        turned = np.ascontiguousarray(np.rot90(image, quarter))
        choices.append((turned, _find(turned), quarter))
    return max(choices, key=lambda choice: _worth(choice[1]))


def _find(image: Image) -> Any:
    return _run(image, use_det=True, use_rec=True, return_word_box=True, return_single_char_box=True)


def _quads(found: Any) -> list[list[Point]]:
    boxes = getattr(found, "boxes", None)
    return [] if boxes is None else [_points(box) for box in boxes]


def _worth(found: Any) -> float:
    """How much was read, and how surely: lines that stand upright and their scores."""
    quads = _quads(found)
    if not quads:
        return 0.0
    lines = zip(found.txts, found.scores, quads, strict=True)
    return sum(len(text) * float(score) ** 4 for text, score, quad in lines if _height(quad) <= 1.5 * _length(quad))


def _length(quad: list[Point]) -> float:
    return max(x for x, _ in quad) - min(x for x, _ in quad)


def _height(quad: list[Point]) -> float:
    return max(y for _, y in quad) - min(y for _, y in quad)


def _second_look(marks: PageMarks, image: Image, ink: Image, unit: float) -> list[Glyph]:
    """Texts of table cells in which ink stands but nothing was found: single digits are easily passed over."""
    boxes: list[tuple[float, float, float, float]] = []
    for grid in grids_of(marks.horizontals, marks.verticals, marks.glyphs, marks.tolerance):
        for cell in grid.cells:
            if cell.glyphs:
                continue
            x0, x1 = grid.xs[cell.col] + 2, grid.xs[cell.col + cell.col_span] - 2
            top, bottom = grid.ys[cell.row] + 2, grid.ys[cell.row + cell.row_span] - 2
            part = ink[int(top / unit) : int(bottom / unit), int(x0 / unit) : int(x1 / unit)]
            if part.size and part.mean() / 255 > _LEAST_INK:
                boxes.append(_tight(part, x0, top, unit))
    glyphs: list[Glyph] = []
    for x0, top, x1, bottom in boxes[:_MOST_CROPS]:
        crop = image[int(top / unit) : int(bottom / unit) + 1, int(x0 / unit) : int(x1 / unit) + 1]
        if min(crop.shape[:2]) < 4:
            continue
        found = _run(crop, use_det=False, use_rec=True, return_word_box=False, return_single_char_box=False)
        for text, confidence in zip(found.txts or (), found.scores or (), strict=False):
            if text.strip() and confidence > 0.5:
                glyphs.append(Glyph(text.strip(), x0, top, x1, bottom, float(confidence)))
    return glyphs


def _tight(part: Image, left: float, top: float, unit: float) -> tuple[float, float, float, float]:
    """The box around the ink of a cell, with a margin, in points."""
    import numpy as np

    rows, cols = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    margin = 6
    return (
        left + max(int(cols[0]) - margin, 0) * unit,
        top + max(int(rows[0]) - margin, 0) * unit,
        left + min(int(cols[-1]) + margin, part.shape[1]) * unit,
        top + min(int(rows[-1]) + margin, part.shape[0]) * unit,
    )


def _sized(image: Image) -> Image:
    """The image with its longer side as OCR reads it best; small pictures grow to twice their size at most."""
    import cv2
    import numpy as np

    scale = min(LONG_SIDE / max(image.shape[:2]), 2.0)
    if 0.95 < scale < 1.05:
        return image
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def _points(box: Any) -> list[Point]:
    return [(float(x), float(y)) for x, y in box]


def _glyph(text: str, confidence: float, points: list[Point]) -> Glyph | None:
    """A glyph from four corners; the margin that OCR leaves above and below is taken off."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    margin = _BOX_MARGIN * (max(ys) - min(ys))
    if max(ys) - min(ys) < 2:
        return None
    return Glyph(text, min(xs), min(ys) + margin, max(xs), max(ys) - margin, round(float(confidence), 4))


def _scaled(glyph: Glyph, unit: float) -> Glyph:
    return Glyph(glyph.text, glyph.x0 * unit, glyph.top * unit, glyph.x1 * unit, glyph.bottom * unit, glyph.confidence)


def _run(image: Image, **steps: bool) -> Any:
    """What the engine finds. MemoryError where the process may not take as much as it needs."""
    try:
        return _engine()(image, **steps)
    except Exception as error:
        if "bad_alloc" in str(error) or "allocate" in str(error):
            raise MemoryError("OCR needs more memory") from error
        raise


@cache
def _models() -> dict[str, Path | None]:
    """Model files of the wheel by step."""
    spec = importlib.util.find_spec("rapidocr")
    folder = Path(spec.origin).parent / "models" if spec is not None and spec.origin else Path()
    return {step: next(iter(sorted(folder.glob(f"*_{step}_*.onnx"))), None) for step in ("det", "rec")}


@cache
def _engine() -> Any:
    """The engine, made once in a process. onnxruntime would report each use of it to its maker; told before its import
    it does not, wherever this is run.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from omegaconf import flag_override
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": LONG_SIDE + 100,
            "Global.use_cls": False,
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTED_SIDE,
        }
    )
    for step in (engine.cfg.Det, engine.cfg.Rec):
        with flag_override(step, "allow_objects", True):
            step.session = _session(_models()[step.task_type.value])
    return engine


def _session(model: Path | None) -> Any:
    """A model as onnxruntime runs it. Numbers next to nothing, which blank paper gives by the million, count as
    nothing: a processor takes many times as long for them, and they change no text. RapidOCR has no setting for it."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    options.intra_op_num_threads = max(cores() // 2, 1)
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    return InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])
