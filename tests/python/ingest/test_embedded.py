"""What a Word document holds of other files: pages and documents taken in, workbooks, pictures of tables."""

from __future__ import annotations

import io

import docx
import pytest
import xlsxwriter
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Cm
from helpers.one_report import HEADS, PARAGRAPHS, ROWS, as_docx, as_html, as_ofd
from PIL import Image, ImageDraw, ImageFont

from ingest.documents.model import Document
from ingest.limits import Limits
from ingest.readers import READERS, ocr, read_document

_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_CHUNK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"


def with_chunk(content: bytes, ending: str, media_type: str) -> bytes:
    """A document whose second half stands in another file inside it."""
    document = docx.Document()
    document.add_paragraph("前言。")
    part = Part(PackURI(f"/word/chunk.{ending}"), media_type, content, document.part.package)
    key = document.part.relate_to(part, _CHUNK)
    chunk = parse_xml(f'<w:altChunk {_W} {_R} r:id="{key}"/>')
    document.element.body.insert(1, chunk)
    document.add_paragraph("结语。")
    return saved(document)


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def read(data: bytes) -> Document:
    return read_document(READERS["docx"], data, "report.docx", Limits())


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks()]


@pytest.mark.parametrize(("content", "ending"), [(as_html(), "html"), (as_docx(), "docx")])
def test_a_file_taken_in_stands_in_its_place(content: bytes, ending: str) -> None:
    document = read(with_chunk(content, ending, "application/octet-stream"))
    assert texts(document) == ["前言。", *PARAGRAPHS, "结语。"]
    (table,) = document.tables()
    assert len(table.cells) == len(HEADS) * (len(ROWS) + 1)


def test_a_file_within_a_file_within_a_document_is_not_opened() -> None:
    inner = with_chunk(as_html(), "html", "text/html")
    assert texts(read(with_chunk(inner, "docx", "application/octet-stream"))) == [
        "前言。",
        "前言。",
        "结语。",
        "结语。",
    ]


@pytest.mark.parametrize("content", [b"", b"\0" * 50, b"PK\x03\x04 broken", as_ofd(), b"\x7fELF"])
def test_what_cannot_be_read_costs_only_itself(content: bytes) -> None:
    assert texts(read(with_chunk(content, "bin", "application/octet-stream"))) == ["前言。", "结语。"]


def test_of_a_workbook_the_sheet_that_shows() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for name, value in (("底稿", 1), ("统计表", 3018)):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["指标", "单位", "数量"])
        sheet.write_row(1, 0, ["主动公开政府信息数", "条", value])
        if value == 3018:
            sheet.activate()
    book.close()
    document = docx.Document()
    paragraph = document.add_paragraph("见下表。")
    part = Part(
        PackURI("/word/embeddings/a.xlsx"), "application/octet-stream", buffer.getvalue(), document.part.package
    )
    key = document.part.relate_to(part, RELATIONSHIP_TYPE.PACKAGE)
    office = 'xmlns:o="urn:schemas-microsoft-com:office:office"'
    paragraph._p.append(
        parse_xml(f'<w:r {_W}><w:object><o:OLEObject {office} {_R} Type="Embed" r:id="{key}"/></w:object></w:r>')
    )
    found = read(saved(document))
    assert texts(found) == ["见下表。"]
    (table,) = found.tables()
    assert [cell.text for cell in table.cells] == ["指标", "单位", "数量", "主动公开政府信息数", "条", "3018"]
    assert {cell.page for cell in table.cells} == {None}


def with_picture(wide: int) -> bytes:
    """A document whose table is a picture, ruled and in a font of the machine where it has one."""
    high = wide // 4
    picture = Image.new("RGB", (wide, high), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=high // 8)
    for row, cells in enumerate([("A", "B", "C"), ("11", "23", "34"), ("456", "789", "1245")]):
        for column, cell in enumerate(cells):
            box = (column * wide // 3 + 4, row * high // 3 + 4, (column + 1) * wide // 3 - 4, (row + 1) * high // 3 - 4)
            draw.rectangle(box, outline="black", width=3)
            draw.text((box[0] + wide // 9, box[1] + high // 12), cell, fill="black", font=font)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    document = docx.Document()
    document.add_paragraph("数据见图。")
    document.add_picture(io.BytesIO(buffer.getvalue()), width=Cm(15))
    return saved(document)


def test_a_table_in_a_picture_is_read_where_ocr_is_installed() -> None:
    if not ocr.is_available():
        pytest.skip("the ocr extra is not installed")
    document = read(with_picture(1200))
    assert document.ocr_used
    found = [cell.text for table in document.tables() for cell in table.cells] + texts(document)
    assert {"456", "789", "1245"} <= set(" ".join(found).split())


def test_without_ocr_it_is_said_how_many_pictures_were_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    document = read(with_picture(1200))
    assert texts(document) == ["数据见图。"]
    assert document.properties["pictures_not_read"] == "1"
    assert "pictures_not_read" not in read(with_picture(300)).properties
