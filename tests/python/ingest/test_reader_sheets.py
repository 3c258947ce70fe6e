"""Workbooks written by XlsxWriter (and LibreOffice, where it is installed): tables, merged cells, texts around them."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable

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


@pytest.fixture(scope="module", params=[("xls", "MS Excel 97"), ("ods", "calc8")], ids=lambda param: param[0])
def converted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The workbook, and the sheet with hidden rows and columns, as LibreOffice saves them in another format."""
    program = office.find_program()
    if program is None:
        pytest.skip("LibreOffice is not installed")
    kind, form = request.param
    folder = tmp_path_factory.mktemp(kind)
    sources = {"report": workbook(), "hidden": book_of(partly_hidden)}
    for name, data in sources.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    for _ in range(2):
        subprocess.run(
            [*command, "--convert-to", f"{kind}:{form}", "--outdir", str(folder), *sorted(folder.glob("*.xlsx"))],
            check=False,
            timeout=PATIENCE,
            capture_output=True,
        )
        if all((folder / f"{name}.{kind}").is_file() for name in sources):
            break
    return {name: (folder / f"{name}.{kind}").read_bytes() for name in sources}


def test_other_formats_by_libreoffice(converted: dict[str, bytes]) -> None:
    assert shown(read(converted["report"], "report", Limits())) == WANTED
    assert shown(read(converted["hidden"], "hidden", Limits())) == WITHOUT_THE_HIDDEN


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


def book_of(fill: Callable[[xlsxwriter.workbook.Worksheet], object]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    fill(book.add_worksheet("统计表"))
    book.close()
    return buffer.getvalue()


def made(fill: Callable[[xlsxwriter.workbook.Worksheet], object]) -> list[object]:
    return shown(read(book_of(fill), "report.xlsx", Limits()))


def edited(data: bytes, part: str, old: str, new: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(old.encode(), new.encode()) if name == part else content)
    return buffer.getvalue()


def partly_hidden(sheet: xlsxwriter.workbook.Worksheet) -> None:
    sheet.write(1, 1, "某县统计表")
    sheet.merge_range(2, 1, 3, 1, "指标")
    sheet.merge_range(2, 2, 2, 4, "数量")
    sheet.write_row(3, 2, ["旧", "上年", "本年"])
    sheet.write_row(4, 1, ["申请数", 1, 2, 3])
    sheet.write_row(5, 1, ["暗数", 4, 5, 6])
    sheet.write_row(6, 1, ["答复数", 7, 8, 9])
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.set_column(2, 2, None, None, {"hidden": True})


WITHOUT_THE_HIDDEN: list[object] = [
    "某县统计表",
    [
        *((1, 1, 2, 1, "指标"), (1, 2, 1, 2, "数量"), (2, 2, 1, 1, "上年"), (2, 3, 1, 1, "本年")),
        *((3, 1, 1, 1, "申请数"), (3, 2, 1, 1, "2"), (3, 3, 1, 1, "3")),
        *((4, 1, 1, 1, "答复数"), (4, 2, 1, 1, "8"), (4, 3, 1, 1, "9")),
    ],
]


def test_hidden_rows_and_columns_are_not_read() -> None:
    assert made(partly_hidden) == WITHOUT_THE_HIDDEN


def sums(sheet: xlsxwriter.workbook.Worksheet) -> None:
    sheet.write_row(0, 0, ["指标", "个人", "企业", "合计"])
    sheet.write_row(1, 0, ["申请数", 3, 4])
    sheet.write_row(2, 0, ["结转数", 0, 0])
    sheet.write_row(3, 0, ["总数", "", ""])
    sheet.write_formula(1, 3, "SUM(B2:C2)")
    sheet.write_formula(2, 3, "=SUM(B3:C3)")
    for column, letter in enumerate("BCD", 1):
        sheet.write_formula(3, column, f"={letter}2+{letter}3")
    sheet.write_row(4, 0, ["占比", 1])
    sheet.write_formula(4, 2, "=AVERAGE(B2:C2)")
    sheet.write_formula(4, 3, "=AVERAGE(B2:C2)", None, 3.5)


def test_sums_that_nobody_computed_are_made_and_other_formulas_have_no_value() -> None:
    (table,) = made(sums)
    texts = {(row, col): text for row, col, _, _, text in table}  # type: ignore[union-attr, str-unpack]
    assert [texts.get((row, 4)) for row in (2, 3, 4)] == ["7", "0", "7"]
    assert (texts[4, 2], texts[4, 3]) == ("3", "4")
    assert (5, 3) not in texts and texts[5, 4] == "3.5"


def test_cells_say_whether_the_reader_computed_them() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sums(book.add_worksheet("统计表"))
    book.close()
    [table] = read(buffer.getvalue(), "report.xlsx", Limits()).tables()
    computed = {(cell.row, cell.col) for cell in table.cells if cell.is_computed}
    assert computed == {(2, 4), (3, 4), (4, 2), (4, 3), (4, 4)}


def test_what_a_program_computed_is_kept() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("统计表")
    sheet.write_row(0, 0, ["指标", "数量"])
    sheet.write_row(1, 0, ["申请数", 3])
    sheet.write(2, 0, "答复数")
    sheet.write(3, 0, "合计")
    sheet.write_formula(2, 1, "=IF(B2>5,1,0)", None, 0)
    sheet.write_formula(3, 1, "=SUM(B2:B3)", None, 4)
    book.close()
    data = edited(buffer.getvalue(), "xl/workbook.xml", ' fullCalcOnLoad="1"', "")
    (table,) = shown(read(data, "report.xlsx", Limits()))
    assert [text for _, col, _, _, text in table if col == 2] == ["数量", "3", "0", "4"]  # type: ignore[union-attr, str-unpack]


def test_shared_formulas_move_along_and_circles_have_no_value() -> None:
    def fill(sheet: xlsxwriter.workbook.Worksheet) -> None:
        sheet.write_row(0, 0, ["指标", "个人", "企业", "合计"])
        for row in (1, 2):
            sheet.write_row(row, 0, ["申请数", row, 10 * row])
            sheet.write_formula(row, 3, "=SHARED")
        sheet.write(3, 0, "循环")
        sheet.write_formula(3, 1, "=C4")
        sheet.write_formula(3, 2, "=B4")

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    fill(book.add_worksheet("统计表"))
    book.close()
    part = "xl/worksheets/sheet1.xml"
    first = ('<c r="D2"><f>SHARED</f>', '<c r="D2"><f t="shared" ref="D2:D3" si="0">SUM($B2:C2)</f>')
    data = edited(edited(buffer.getvalue(), part, *first), part, "<f>SHARED</f>", '<f t="shared" si="0"/>')
    table, last = shown(read(data, "report.xlsx", Limits()))
    assert [text for _, col, _, _, text in table if col == 4] == ["合计", "11", "22"]  # type: ignore[union-attr, str-unpack]
    assert last == "循环"


def test_a_wide_table_below_widens_no_table_above() -> None:
    def fill(sheet: xlsxwriter.workbook.Worksheet) -> None:
        sheet.write_row(0, 0, ["指标", "数量"])
        sheet.write_row(1, 0, ["申请数", 3])
        sheet.write(3, 0, "四、复议情况")
        sheet.write_row(4, 0, ["维持", "纠正", "其他", "未结", "总计"])
        sheet.write_row(5, 0, [1, 2, 3, 4, 10])

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    fill(book.add_worksheet("统计表"))
    book.close()
    first, second = read(buffer.getvalue(), "report.xlsx", Limits()).tables()
    assert [max(cell.col for cell in table.cells) for table in (first, second)] == [2, 5]
