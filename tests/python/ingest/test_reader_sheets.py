"""Workbooks written by XlsxWriter (and LibreOffice, where it is installed): tables, merged cells, texts around them."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from helpers.processes import PATIENCE

from ingest.documents.model import Block, Document
from ingest.errors import RejectError
from ingest.limits import Limits
from ingest.readers import office
from ingest.readers.sheets import read


def workbook() -> bytes:
    """A title, a sentence, a table with heads over two rows that begins away from the corner; a hidden sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("统计表")
    sheet.write(2, 1, "某县2019年度报告")
    sheet.write(3, 1, "全年公开信息12条。")
    sheet.merge_range(5, 1, 6, 1, "指标")
    sheet.merge_range(5, 2, 5, 3, "数量")
    sheet.write_row(6, 2, ["本年", "上年"])
    sheet.write_row(7, 1, ["一、公开情况"])
    sheet.write_row(8, 1, ["（一）公开数", 1286, 1.5])
    sheet.write_row(9, 1, ["（二）文件数", "", "/"])
    sheet.write(10, 1, "二、申请情况")
    sheet.write_row(11, 1, ["（一）申请数", 0.1 + 0.2, "012"])
    sheet.write(13, 1, "三、存在的问题")
    sheet.write(14, 1, "没有。")
    hidden = book.add_worksheet("隐藏")
    hidden.write(0, 0, "暗")
    hidden.hide()
    book.close()
    return buffer.getvalue()


def shown(document: Document) -> list[object]:
    return [
        part.text
        if isinstance(part, Block)
        else [(cell.row, cell.col, cell.row_span, cell.col_span, cell.text) for cell in part.cells if cell.text]
        for part in document.parts
    ]


WANTED = [
    *("某县2019年度报告", "全年公开信息12条。"),
    [
        *((1, 1, 2, 1, "指标"), (1, 2, 1, 2, "数量"), (2, 2, 1, 1, "本年"), (2, 3, 1, 1, "上年")),
        *((3, 1, 1, 1, "一、公开情况"), (4, 1, 1, 1, "（一）公开数"), (4, 2, 1, 1, "1286"), (4, 3, 1, 1, "1.5")),
        *((5, 1, 1, 1, "（二）文件数"), (5, 3, 1, 1, "/"), (6, 1, 1, 1, "二、申请情况")),
        *((7, 1, 1, 1, "（一）申请数"), (7, 2, 1, 1, "0.3"), (7, 3, 1, 1, "012")),
    ],
    *("三、存在的问题", "没有。"),
]


def test_tables_texts_and_merged_cells() -> None:
    document = read(workbook(), "report.xlsx", Limits())
    assert shown(document) == WANTED
    assert document.page_count == 1


@pytest.mark.parametrize(("kind", "form"), [("xls", "MS Excel 97"), ("ods", "calc8")])
def test_other_formats_by_libreoffice(tmp_path: Path, kind: str, form: str) -> None:
    program = office.find_program()
    if program is None:
        pytest.skip("LibreOffice is not installed")
    source = tmp_path / "report.xlsx"
    source.write_bytes(workbook())
    command = [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    for _ in range(2):
        subprocess.run(
            [*command, "--convert-to", f"{kind}:{form}", "--outdir", str(tmp_path), str(source)],
            check=False,
            timeout=PATIENCE,
            capture_output=True,
        )
        if (tmp_path / f"report.{kind}").is_file():
            break
    document = read((tmp_path / f"report.{kind}").read_bytes(), f"report.{kind}", Limits())
    # these give no merged ranges: their texts stand in the first cell of each
    plain = [
        [(row, col, 1, 1, text) for row, col, _, _, text in part] if isinstance(part, list) else part for part in WANTED
    ]
    assert shown(document) == plain


def reason(data: bytes, **limits: int) -> str:
    with pytest.raises(RejectError) as caught:
        read(data, "x.xlsx", Limits(**limits))
    return caught.value.reason_code


def changed(part: str, before: str, after: str) -> bytes:
    """The workbook with a piece of one part's text replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            assert name != part or before in text
            new.writestr(name, text.replace(before, after) if name == part else text)
    return buffer.getvalue()


def test_counts_and_places_are_not_taken_at_their_word() -> None:
    assert reason(changed("xl/sharedStrings.xml", 'uniqueCount="', 'uniqueCount="99999999')) == "damaged"
    assert reason(changed("xl/worksheets/sheet1.xml", 'r="B15"', 'r="XFD1048576"')) == "too_many_cells"


def test_reasons() -> None:
    empty = io.BytesIO()
    xlsxwriter.Workbook(empty).close()
    assert reason(empty.getvalue()) == "no_text"
    assert reason(workbook()[:3000]) == "damaged"
    assert reason(b"\xd0\xcf\x11\xe0" + b"x" * 600) == "damaged"
    assert reason(workbook(), cells=10) == "too_many_cells"
    assert reason(workbook(), decompressed_bytes=100) == "decompression"
