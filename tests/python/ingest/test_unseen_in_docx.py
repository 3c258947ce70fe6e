"""What Word does not show is not read: hidden or struck out, by a run or a style; marks of notes stay apart."""

from __future__ import annotations

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from test_reader_docx import load

from ingest.documents.model import Block

W = nsdecls("w")
TOGGLES = ["vanish", "strike", "dstrike"]


def texts(document: docx.document.Document) -> list[str]:
    """The texts of blocks and cells."""
    parts = load(document).parts
    return [
        text for part in parts for text in ([part.text] if isinstance(part, Block) else [c.text for c in part.cells])
    ]


def run(text: str, properties: str) -> object:
    return parse_xml(f"<w:r {W}><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")


def styled(document: docx.document.Document, name: str, kind: WD_STYLE_TYPE, properties: str, base: str = "") -> None:
    style = document.styles.add_style(name, kind)
    if base:
        style.base_style = document.styles[base]
    element = style.element
    for old in element.findall(docx.oxml.ns.qn("w:rPr")):
        element.remove(old)
    element.append(parse_xml(f"<w:rPr {W}>{properties}</w:rPr>"))


@pytest.mark.parametrize("toggle", TOGGLES)
def test_runs_that_are_hidden_or_struck_out_are_not_read(toggle: str) -> None:
    document = docx.Document()
    document.add_paragraph("收到申请")._p.extend([run("254", f"<w:{toggle}/>"), run("249", f'<w:{toggle} w:val="0"/>')])
    cell = document.add_table(1, 2).cell(0, 1).paragraphs[0]
    cell._p.extend([run("11", f'<w:{toggle} w:val="true"/>'), run("6", "<w:b/>")])
    assert texts(document) == ["收到申请249", "", "6"]


@pytest.mark.parametrize("toggle", TOGGLES)
def test_styles_of_characters_and_paragraphs_hide(toggle: str) -> None:
    document = docx.Document()
    styled(document, "Gone", WD_STYLE_TYPE.CHARACTER, f"<w:{toggle}/>")
    styled(document, "GoneToo", WD_STYLE_TYPE.CHARACTER, "<w:b/>", "Gone")
    styled(document, "GoneLines", WD_STYLE_TYPE.PARAGRAPH, f"<w:{toggle}/>")
    styled(document, "MoreGoneLines", WD_STYLE_TYPE.PARAGRAPH, "<w:b/>", "GoneLines")
    styled(document, "ShownLines", WD_STYLE_TYPE.PARAGRAPH, f'<w:{toggle} w:val="0"/>', "GoneLines")
    paragraph = document.add_paragraph("收到")
    paragraph.add_run("254", "Gone")
    paragraph.add_run("253", "GoneToo")
    paragraph.add_run("249")
    document.add_paragraph("填写示例：100件", "GoneLines")
    lines = document.add_paragraph("填写示例：200件", "MoreGoneLines")
    lines._p.append(run("7件", f'<w:{toggle} w:val="0"/>'))
    lines.add_run("8件", "Gone")  # a style of characters turns off what the paragraph's turns on
    document.add_paragraph("办结249件", "ShownLines")
    assert texts(document) == ["收到249", "7件8件", "办结249件"]


def test_hidden_rows_are_not_read() -> None:
    document = docx.Document()
    table = document.add_table(2, 1)
    for row, text in enumerate(["9", "8"]):
        table.cell(row, 0).text = text
    table.add_column(900000)
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:hidden {W}/>"))
    assert texts(document) == ["8", ""]


def test_a_row_without_room_for_letters_is_not_read() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    for row, (text, height) in enumerate([("9", 10), ("8", 300)]):
        table.cell(row, 0).text = text
        properties = table.rows[row]._tr.get_or_add_trPr()
        properties.append(parse_xml(f'<w:trHeight {W} w:val="{height}" w:hRule="exact"/>'))
    assert texts(document) == ["8", ""]


def test_a_choice_in_a_form_is_read_as_it_shows() -> None:
    document = docx.Document()
    choices = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="254"/><w:listEntry w:val="249"/></w:ddList>'
    begin = parse_xml(f'<w:r {W}><w:fldChar w:fldCharType="begin"><w:ffData>{choices}</w:ffData></w:fldChar></w:r>')
    document.add_paragraph("收到")._p.extend([begin, run("件", "")])
    assert texts(document) == ["收到249件"]


def test_raised_numbers_mark_notes() -> None:
    document = docx.Document()
    styled(document, "Mark", WD_STYLE_TYPE.CHARACTER, '<w:vertAlign w:val="superscript"/>')
    paragraph = document.add_paragraph("公开12458")
    paragraph._p.append(run("1", '<w:vertAlign w:val="subscript"/>'))
    paragraph.add_run("条，收到231")
    paragraph.add_run("2", "Mark")
    paragraph._p.extend([run("件", ""), run("③", '<w:vertAlign w:val="superscript"/>')])
    document.add_paragraph()._p.append(run("24", '<w:vertAlign w:val="superscript"/>'))
    assert texts(document) == ["公开12458¹条，收到231²件③", "24"]


def test_a_number_set_above_its_line_marks_a_note() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("收到231")
    paragraph._p.extend(
        [run("2", '<w:position w:val="8"/>'), run("件，办结", ""), run("23", '<w:position w:val="2"/>')]
    )
    paragraph.add_run("件")
    assert texts(document) == ["收到231²件，办结23件"]


@pytest.mark.parametrize(("shown", "left"), [("单击此处输入2个字", ""), ("17", "17")])
def test_the_prompt_of_a_field_is_no_text(shown: str, left: str) -> None:
    document = docx.Document()
    field = f"<w:sdt {W}><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{{}}</w:sdtContent></w:sdt>"
    words = f"<w:r><w:t>{shown}</w:t></w:r>"
    document.add_paragraph("收到231件")._p.append(parse_xml(field.format(words)))
    document.element.body.insert(1, parse_xml(field.format(f"<w:p>{words}</w:p>")))
    assert texts(document) == [f"收到231件{left}", *([left] if left else [])]


WHITE = '<w:color w:val="FFFFFF" w:themeColor="background1"/>'


@pytest.mark.parametrize(
    "properties",
    [
        WHITE,
        '<w:sz w:val="2"/>',
        '<w:color w:val="ffffff"/><w:highlight w:val="none"/>',
        '<w:color w:val="auto" w:themeColor="background1"/>',
        '<w:color w:val="FEFEFE"/>',
        '<w:w w:val="1"/>',
    ],
)
def test_white_and_tiny_letters_are_not_read(properties: str) -> None:
    document = docx.Document()
    styled(document, "Pale", WD_STYLE_TYPE.CHARACTER, properties)
    styled(document, "PaleLines", WD_STYLE_TYPE.PARAGRAPH, properties)
    paragraph = document.add_paragraph("收到申请")
    paragraph._p.extend([run("254", properties), run("249", '<w:color w:val="auto"/><w:sz w:val="28"/>')])
    paragraph.add_run("3", "Pale")
    lines = document.add_paragraph("填写示例：100件", "PaleLines")
    lines._p.append(run("办结9件", '<w:color w:val="000000"/><w:w w:val="100"/><w:sz w:val="24"/>'))
    cell = document.add_table(1, 2).cell(0, 1).paragraphs[0]
    cell._p.extend([run("11", properties), run("6", "")])
    assert texts(document) == ["收到申请249", "办结9件", "", "6"]


@pytest.mark.parametrize("where", ["run", "marker", "paragraph", "style", "cell", "table", "table style", "page"])
def test_white_letters_on_a_ground_are_read(where: str) -> None:
    document = docx.Document()
    shading = f'<w:shd {W} w:val="clear" w:fill="1F4E79"/>'
    styled(document, "Dark", WD_STYLE_TYPE.PARAGRAPH, WHITE)
    table = document.add_table(1, 2)
    table.style = None
    cell = table.cell(0, 0)
    paragraph = cell.paragraphs[0]
    own = {"run": shading, "marker": '<w:highlight w:val="darkBlue"/>'}.get(where, "")
    paragraph._p.append(run("249", WHITE + own))
    if where == "paragraph":
        paragraph._p.get_or_add_pPr().append(parse_xml(shading))
    elif where == "style":
        document.styles["Dark"].element.append(parse_xml(f"<w:pPr {W}>{shading}</w:pPr>"))
        paragraph.style = "Dark"
    elif where == "cell":
        cell._tc.get_or_add_tcPr().append(parse_xml(shading))
    elif where == "table":
        table._tbl.tblPr.append(parse_xml(shading))
    elif where == "table style":
        table.style = "Medium Shading 1 Accent 1"
    elif where == "page":
        document.element.insert(0, parse_xml(f'<w:background {W} w:color="1F4E79"/>'))
    assert texts(document) == ["249", ""]
