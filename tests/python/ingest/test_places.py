"""Where cells and paragraphs stand on their pages: frames drawn there hold all that is printed, and little else."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from helpers.pdf_pages import HEIGHT, LEFT, WIDTH, pdf, prose, table, text
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from ingest.documents.model import Block, Document
from ingest.limits import Limits
from ingest.readers import ocr
from ingest.readers import pdf as pdfs
from ingest.readers.image import read as read_picture

SENTENCE = "全年主动公开政府信息1286条，其中网站公开1024条。"
LONG = "本机关编制年度报告，公开政府信息1286条，内容包括机构职能、规划计划和预决算等，电话12345。" * 9
ROWS = [["信息内容", "数量"], ["规章", "12"], ["行政许可", "1204"]]
WITHOUT_LINES = [
    *(["指标名称", "单位", "数量"], ["（一）主动公开政府信息数", "条", "1286"]),
    *(["（二）对外公开总数", "条", ""], ["1.收到申请数", "件", "5"], ["2.办结申请数", "件", "4"]),
]
MARGIN = 3.0
"""Points that a frame may miss of what it frames."""


def drawn(canvas: Canvas) -> None:
    text(canvas, LEFT, 60, SENTENCE)
    table(canvas, 100, [160, 80], list(ROWS), 26)


def unframed_ink(document: Document, page: int, picture: Image.Image) -> tuple[float, float]:
    """The share of a page's ink that stands in no frame, and the share of the page that frames cover."""
    unit = max(picture.size) / HEIGHT
    frames = Image.new("L", picture.size, 0)
    draw = ImageDraw.Draw(frames)
    for part in document.parts:
        for each in [part] if isinstance(part, Block) else part.cells:
            if each.page == page:
                assert each.box is not None
                left, top, right, bottom = each.box
                corners = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
                draw.rectangle(tuple(unit * corner for corner in corners), fill=255)
    ink = np.asarray(picture.convert("L")) < 128
    framed = np.asarray(frames) > 0
    return float((ink & ~framed).sum() / ink.sum()), float(framed.mean())


def picture_of(data: bytes, page: int, scale: float = 150 / 72) -> Image.Image:
    with pypdfium2.PdfDocument(data) as document:
        return document[page - 1].render(scale=scale).to_pil()


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_on_pages_of_a_pdf_however_they_are_turned(rotation: int) -> None:
    def turned(canvas: Canvas) -> None:
        if rotation:
            canvas.translate(*{90: (HEIGHT, 0), 180: (WIDTH, HEIGHT), 270: (0, WIDTH)}[rotation])
            canvas.rotate({90: 90, 180: 180, 270: -90}[rotation])
        drawn(canvas)

    data = pdf(turned, rotation=rotation)
    missed, covered = unframed_ink(pdfs.read(data, "x.pdf", Limits()), 1, picture_of(data, 1))
    assert missed < 0.02
    assert covered < 0.2


def test_what_goes_on_over_a_page_is_framed_on_its_first_one() -> None:
    def first(canvas: Canvas) -> None:
        prose(canvas, 640, LONG[:200])

    def second(canvas: Canvas) -> None:
        text(canvas, LEFT, 60, "数据涵盖全县各部门和各乡镇，")
        table(canvas, 200, [260, 80, 80], list(WITHOUT_LINES), ruled=False)

    data = pdf(first, second)
    document = pdfs.read(data, "x.pdf", Limits())
    places = [
        (each.page, each.box)
        for part in document.parts
        for each in ([part] if isinstance(part, Block) else part.cells)
        if each.text
    ]
    assert {page for page, _ in places} == {1, 2}
    for _, box in places:
        assert box is not None and 0 <= box.top < box.bottom <= HEIGHT and 0 <= box.left < box.right <= WIDTH
    (figure,) = [cell.box for found in document.tables() for cell in found.cells if cell.text == "1286"]
    assert figure is not None and 215 < figure.top < 240


@pytest.mark.parametrize("turn", [0, 90, 180, 270, 2.0])
def test_on_scans_and_pictures_however_they_lie(turn: float) -> None:
    if not ocr.is_available():
        pytest.skip("the ocr extra is not installed")
    upright = picture_of(pdf(drawn), 1)
    picture = upright.rotate(turn, expand=turn % 90 == 0, fillcolor="white", resample=Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    missed, covered = unframed_ink(read_picture(buffer.getvalue(), "x.png", Limits()), 1, picture)
    assert missed < 0.05
    assert covered < 0.25
