"""Pictures of pages: formats, frames, pages laid on their side or head, and what is said without OCR."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from helpers.pdf_pages import LEFT, pdf, table, text
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ingest.documents.model import Document, Table
from ingest.errors import RejectError
from ingest.known import write_known
from ingest.layout.marks import Glyph
from ingest.limits import Limits
from ingest.messages import Task
from ingest.pool import FileDone, Pool
from ingest.readers import READERS, ocr, read_document
from ingest.readers.image import read
from ingest.results import LandedTogether

ROWS = [["信息内容", "数量"], ["规章", "12"], ["行政规范性文件", "0"], ["行政许可", "1204"]]
SENTENCE = "全年主动公开政府信息1286条，其中网站公开1024条。"


@pytest.fixture
def needs_ocr() -> None:
    if not ocr.is_available():
        pytest.skip("the ocr extra is not installed")


def page() -> Image.Image:
    """The upper part of a page with a sentence and a ruled table, at 150 dpi."""

    def draw(canvas: Canvas) -> None:
        text(canvas, LEFT, 60, SENTENCE)
        table(canvas, 100, [160, 80], list(ROWS), 26)

    with pypdfium2.PdfDocument(pdf(draw)) as document:
        picture = document[0].render(scale=150 / 72).to_pil()
    return picture.crop((0, 0, picture.width, picture.height // 3))


def load(kind: str, *pictures: Image.Image) -> Document:
    buffer = io.BytesIO()
    pictures[0].save(buffer, kind, save_all=len(pictures) > 1, append_images=pictures[1:])
    return read(buffer.getvalue(), f"page.{kind.lower()}", Limits())


def check(document: Document, pages: int = 1) -> None:
    assert document.ocr_used
    assert document.page_count == pages
    tables = list(document.tables())
    assert len(tables) == pages
    for found in tables:
        assert rows(found) == ROWS
    assert sum(block.text == SENTENCE for block in document.blocks()) == pages


def rows(found: Table) -> list[list[str]]:
    last = max(cell.row for cell in found.cells)
    return [[cell.text for cell in found.cells if cell.row == row] for row in range(1, last + 1)]


@pytest.mark.usefixtures("needs_ocr")
@pytest.mark.parametrize("turn", [0, 90, 180])
def test_pages_laid_on_their_side_or_head(turn: int) -> None:
    check(load("PNG", page().rotate(turn, expand=True)))


@pytest.mark.usefixtures("needs_ocr")
def test_the_engine_runs_the_models_as_it_is_given_them() -> None:
    """RapidOCR passes over what it does not know: this tells that it took both sessions, with what they are set to."""
    check(load("PNG", page()))
    engine = ocr._engine()
    for step in (engine.text_det, engine.text_rec):
        options = step.session.session.get_session_options()
        assert options.get_session_config_entry("session.set_denormal_as_zero") == "1"
        assert not options.enable_cpu_mem_arena


@pytest.mark.usefixtures("needs_ocr")
def test_frames_of_a_tiff_are_pages() -> None:
    check(load("TIFF", page().convert("1"), page()), pages=2)


def reason(data: bytes, **limits: int) -> str:
    with pytest.raises(RejectError) as caught:
        read(data, "x.png", Limits(**limits))
    return caught.value.reason_code


@pytest.mark.usefixtures("needs_ocr")
def test_a_reading_process_keeps_the_models_from_one_scan_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    start = Pool._start

    def noted(pool: Pool) -> Any:
        worker = start(pool)
        started.append(worker.process.pid)
        return worker

    monkeypatch.setattr(Pool, "_start", noted)
    for number in range(3):
        picture = page()
        picture.putpixel((0, 0), (number, 0, 0))
        picture.save(tmp_path / f"{number}.png")
    with write_known([]) as known, Pool(Limits(), known, 1, tmp_path) as pool:
        results = list(pool.read([Task(str(path), path.name) for path in sorted(tmp_path.glob("*.png"))]))
    assert [type(each) for each in results] == [LandedTogether, FileDone] * 3
    assert len(started) == 1


@pytest.mark.usefixtures("needs_ocr")
def test_reasons() -> None:
    buffer = io.BytesIO()
    page().save(buffer, "PNG")
    assert reason(buffer.getvalue()[:500]) == "damaged"
    assert reason(b"\x89PNG\r\n\x1a\n" + bytes(100)) == "damaged"
    blank = io.BytesIO()
    Image.new("L", (300, 200), 255).save(blank, "PNG")
    assert reason(blank.getvalue()) == "no_text"
    huge = io.BytesIO()
    Image.new("1", (10_000, 9_000)).save(huge, "PNG")
    assert reason(huge.getvalue()) == "too_large"


def test_missing_ocr_is_one_clear_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    assert reason(b"\x89PNG\r\n\x1a\n") == "reader_missing"


def test_the_upright_stroke_of_a_character_that_fills_its_row_is_no_ruling_line() -> None:
    """A row 36 pixels high between lines, parted at 300; a stroke at 120 runs from line to line through 本."""
    cv2 = pytest.importorskip("cv2")
    from ingest.layout import scan

    ink = np.zeros((200, 640), np.uint8)
    for y in (50, 86, 122):
        cv2.line(ink, (40, y), (600, y), 255, 2)
    for x, top, bottom in ((40, 50, 122), (300, 50, 122), (600, 50, 122), (120, 50, 86)):
        cv2.line(ink, (x, top), (x, bottom), 255, 2)
    _, verticals = scan.rulings_of(ink, [Glyph("本", 106, 54, 134, 82), Glyph("年", 136, 54, 164, 82)], 28.0)
    assert sorted(round(line.at, -1) for line in verticals) == [40, 300, 600]
    _, verticals = scan.rulings_of(ink, [Glyph("本", 70, 54, 98, 82), Glyph("年", 136, 54, 164, 82)], 28.0)
    assert sorted(round(line.at, -1) for line in verticals) == [40, 120, 300, 600]


@pytest.mark.usefixtures("needs_ocr")
def test_a_fixed_page_that_is_a_picture_is_read_as_one() -> None:
    picture = io.BytesIO()
    page().save(picture, "PNG")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as container:
        container.writestr("OFD.xml", "<OFD><DocBody><DocRoot>D/Document.xml</DocRoot></DocBody></OFD>")
        container.writestr(
            "D/Document.xml",
            "<Document><CommonData><PageArea><PhysicalBox>0 0 210 99</PhysicalBox></PageArea>"
            '<DocumentRes>Res.xml</DocumentRes></CommonData><Pages><Page BaseLoc="P.xml"/></Pages></Document>',
        )
        container.writestr(
            "D/Res.xml",
            '<Res BaseLoc="pictures"><MultiMedias><MultiMedia ID="7" Type="Image"><MediaFile>a.png</MediaFile>'
            "</MultiMedia></MultiMedias></Res>",
        )
        container.writestr("D/pictures/a.png", picture.getvalue())
        container.writestr(
            "D/P.xml",
            '<Page><Content><Layer><ImageObject ResourceID="7" Boundary="0 0 210 99"/></Layer></Content></Page>',
        )
    check(read_document(READERS["ofd"], packed.getvalue(), "scan.ofd", Limits()))
