"""What a sheet does not show is not read: struck out, white on white, in a format of nothing; marks stay apart."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import xlsxwriter

from ingest.limits import Limits
from ingest.readers import Reader, read_document, sheet_xml
from ingest.readers.sheets import read
from ingest.readers.sniff import sniff

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
        '<Cell><ss:Data ss:Type="String"><html:S>254</html:S><html:Font html:Color="#FFFFFF">1</html:Font>249'
        "<html:Sup>1</html:Sup></ss:Data></Cell>",
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


def xml_sheet(*rows: str) -> bytes:
    """A workbook of one sheet as Excel 2003 writes it in XML."""
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="统计表"><Table>{"".join(rows)}</Table></Worksheet></Workbook>'
    ).encode()


def xml_row(label: str, number: str, formula: str = "", row: str = "") -> str:
    cell = f' ss:Formula="{formula}"' if formula else ""
    data = f'<Data ss:Type="Number">{number}</Data>' if number else ""
    return f'<Row{row}><Cell><Data ss:Type="String">{label}</Data></Cell><Cell{cell}>{data}</Cell></Row>'


@pytest.mark.parametrize("saved", ["0", ""])
def test_sums_of_an_xml_sheet_that_nobody_computed_are_made(saved: str) -> None:
    rows = [xml_row("当面", "100"), xml_row("网络", "149", row=' ss:Hidden="1"')]
    total = xml_row("合计", saved, "=SUM(R[-3]C:R[-2]C)")
    other = xml_row("平均", saved, "=AVERAGE(R1C2:R2C2)")
    [table] = sheet_xml.read(xml_sheet(*rows, other, total), "a.xls", Limits()).tables()
    assert [(cell.text, cell.is_computed) for cell in table.cells if cell.col == 2] == [
        ("100", False), ("", False), ("249", True),
    ]  # fmt: skip


def test_numbers_of_an_xml_sheet_are_written_as_they_show() -> None:
    rows = [xml_row("甲", "2.49E2"), xml_row("乙", "1286.5000000000001"), xml_row("丙", "249.00000000000003")]
    [table] = sheet_xml.read(xml_sheet(*rows), "a.xls", Limits()).tables()
    assert [cell.text for cell in table.cells if cell.col == 2] == ["249", "1286.5", "249"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("249", '="249"'),
        ("249", "'249"),
        ("\n", "\r"),
        ("\n", "\r\n"),
        ("甲项数", '"甲\n项数"'),
    ],
)
def test_rows_of_values_are_read_however_a_program_wrote_them(before: str, after: str) -> None:
    text = "指标,单位,数量\n收到申请数,件,249\n甲项数,件,100\n乙项数,件,149\n".replace(before, after)
    kind = sniff(text.encode("gb18030"), "a.csv")
    assert isinstance(kind, Reader) and kind.name == "csv"
    [table] = read_document(kind, text.encode("gb18030"), "a.csv", Limits()).tables()
    assert [cell.text for cell in table.cells if cell.col == 3] == ["数量", "249", "100", "149"]
