"""What a sheet does not show is not read: struck out, white on white, in a format of nothing; marks stay apart."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import xlsxwriter

from ingest.limits import Limits
from ingest.readers import sheet_xml
from ingest.readers.sheets import read

Fill = Callable[[xlsxwriter.Workbook, xlsxwriter.workbook.Worksheet], None]


def column(fill: Fill) -> list[str]:
    """The texts of the third column of a table of four rows, after `fill` changed some of its cells."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("统计表")
    for row, cells in enumerate([["指标", "单位", "数量"], ["收到申请数", "件", 249], ["当面申请数", "件", 100]]):
        sheet.write_row(row, 0, cells)
    sheet.write_row(3, 0, ["网络申请数", "件", 149])
    fill(book, sheet)
    book.close()
    [table] = read(buffer.getvalue(), "report.xlsx", Limits()).tables()
    return [cell.text for cell in table.cells if cell.col == 3]


def struck(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
    sheet.write(1, 2, 254, book.add_format({"font_strikeout": True}))


def white(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
    sheet.write(1, 2, 254, book.add_format({"font_color": "#FFFFFF"}))


def of_nothing(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
    sheet.write(1, 2, 254, book.add_format({"num_format": ";;;"}))


def of_texts_alone(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
    sheet.write(1, 2, 254, book.add_format({"num_format": ";;;@"}))


@pytest.mark.parametrize("fill", [struck, white, of_nothing, of_texts_alone], ids=lambda fill: fill.__name__)
def test_a_cell_whose_look_hides_it_is_empty(fill: Fill) -> None:
    assert column(fill) == ["数量", "", "100", "149"]


def test_runs_that_are_struck_out_or_white_are_no_digits_and_raised_ones_are_marks() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
        plain, gone = book.add_format(), book.add_format({"font_strikeout": True})
        pale, mark = book.add_format({"font_color": "white"}), book.add_format({"font_script": 1})
        sheet.write_rich_string(1, 2, gone, "254", plain, "249")
        sheet.write_rich_string(2, 2, plain, "100", mark, "1")
        sheet.write_rich_string(3, 2, plain, "149", pale, "3")

    assert column(fill) == ["数量", "249", "100¹", "149"]


@pytest.mark.parametrize(
    "look",
    [
        {"font_color": "#FFFFFF", "bg_color": "#1F4E79"},
        {"font_color": "#FFFFFF", "pattern": 4},
        {"font_color": "#FFFFFE"},
        {"num_format": "0;-0;"},
        {"font_script": 1},
        {"bold": True},
    ],
)
def test_a_cell_that_is_seen_is_read(look: dict[str, object]) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
        sheet.write(1, 2, 249, book.add_format(look))

    assert column(fill) == ["数量", "249", "100", "149"]


def test_white_letters_may_stand_on_the_ground_of_a_tables_design() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
        sheet.add_table(0, 0, 3, 2, {"columns": [{"header": head} for head in ("指标", "单位", "数量")]})
        sheet.write(1, 2, 249, book.add_format({"font_color": "#FFFFFF"}))

    assert column(fill) == ["数量", "249", "100", "149"]


def test_what_an_xml_sheet_does_not_show_is_not_read() -> None:
    styles = (
        '<Style ss:ID="gone"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="pale"><Font ss:Color="#FFFFFF"/></Style>'
        '<Style ss:ID="dark"><Font ss:Color="#FFFFFF"/><Interior ss:Color="#1F4E79" ss:Pattern="Solid"/></Style>'
    )
    cells = [
        '<Cell ss:StyleID="gone"><Data ss:Type="Number">254</Data></Cell>',
        '<Cell ss:StyleID="pale"><Data ss:Type="Number">254</Data></Cell>',
        '<Cell ss:StyleID="dark"><Data ss:Type="Number">249</Data></Cell>',
        '<Cell><ss:Data ss:Type="String"><html:S>254</html:S>249<html:Sup>1</html:Sup></ss:Data></Cell>',
    ]
    rows = "".join(f'<Row><Cell><Data ss:Type="String">收到申请数</Data></Cell>{cell}</Row>' for cell in cells)
    hidden = '<Row ss:Height="0"><Cell><Data ss:Type="String">去年</Data></Cell><Cell><Data>9</Data></Cell></Row>'
    data = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:html="http://www.w3.org/TR/REC-html40"><Styles>{styles}</Styles>'
        f'<Worksheet ss:Name="统计表"><Table>{rows}{hidden}</Table></Worksheet></Workbook>'
    )
    document = sheet_xml.read(data.encode(), "a.xls", Limits())
    [table] = document.tables()
    assert [cell.text for cell in table.cells if cell.col == 2] == ["249", "249¹"]
