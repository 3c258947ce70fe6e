"""Word documents as python-docx writes them, with the parts of WordprocessingML that it cannot write set in as XML."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.documents.model import Block, Cell, Document, Table
from ingest.errors import RejectError
from ingest.limits import Limits
from ingest.readers.docx import read
from ingest.readers.docx_styles import chinese, format_number, roman

W = nsdecls("w")


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def load(document: docx.document.Document, **limits: int) -> Document:
    return read(saved(document), "report.docx", Limits(**limits))


def changed(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The package with one part's text changed (made empty text first where it is missing)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content.decode()) if name == part else content)
        if part not in before.namelist():
            after.writestr(part, change(""))
    return buffer.getvalue()


def outline(document: Document) -> list[object]:
    """Texts of blocks, and tables as lists of (row, col, row span, col span, text)."""
    return [
        part.text
        if isinstance(part, Block)
        else [(cell.row, cell.col, cell.row_span, cell.col_span, cell.text) for cell in part.cells]
        for part in document.parts
    ]


def test_order_headings_spans_and_nested_tables() -> None:
    document = docx.Document()
    document.add_heading("二〇一九年年度报告", 0)
    document.add_heading("一、总体情况", 1)
    document.add_paragraph("公开信息12条。")
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "宽"
    table.cell(0, 2).merge(table.cell(2, 2)).text = "高"
    table.cell(1, 0).text = "第一行\n第二行"
    inner = table.cell(2, 0).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "内", "3"
    document.add_paragraph("表后")
    read_back = load(document)
    assert outline(read_back) == [
        "二〇一九年年度报告",
        "一、总体情况",
        "公开信息12条。",
        [
            *((1, 1, 1, 2, "宽"), (1, 3, 3, 1, "高")),
            *((2, 1, 1, 1, "第一行\n第二行"), (2, 2, 1, 1, ""), (3, 1, 1, 1, ""), (3, 2, 1, 1, "")),
        ],
        [(1, 1, 1, 1, "内"), (1, 2, 1, 1, "3")],
        "表后",
    ]
    assert [(block.kind, block.heading_level) for block in read_back.blocks()] == [
        *(("heading", 1), ("heading", 1), ("paragraph", None), ("paragraph", None))
    ]


def test_heads_and_feet_of_pages_are_apart() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "某某县人民政府"
    document.sections[0].footer.paragraphs[0].text = "第1页"
    document.add_paragraph("正文")
    kinds = {block.text: block.kind for block in load(document).blocks()}
    assert kinds == {"某某县人民政府": "page_header", "正文": "paragraph", "第1页": "page_footer"}


def numbering(document: docx.document.Document, *levels: tuple[str, str]) -> None:
    """A list with id 77 whose levels have these forms and texts."""
    root = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )
    root.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="77">{inner}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def numbered(document: docx.document.Document, text: str, depth: int) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'))


def test_automatic_numbers_are_written_out() -> None:
    document = docx.Document()
    numbering(document, ("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    for text, depth in [
        ("总体情况", 0),
        ("公开", 1),
        ("网站", 2),
        ("微博", 2),
        ("申请", 1),
        ("2019年", 2),
        ("问题", 0),
        ("甲", 1),
    ]:
        numbered(document, text, depth)
    assert outline(load(document)) == [
        *("一、总体情况", "（一）公开", "1.网站", "2.微博", "（二）申请", "1. 2019年", "二、问题", "（一）甲")
    ]


def test_deleted_text_is_left_out_and_inserted_text_kept() -> None:
    document = docx.Document()
    document.add_paragraph()._p.append(parse_xml(f"<w:del {W}><w:r><w:delText>旧</w:delText></w:r></w:del>"))
    paragraph = document.add_paragraph("共")
    paragraph._p.append(parse_xml(f"<w:del {W}><w:r><w:delText>12</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:ins {W}><w:r><w:t>15</w:t></w:r></w:ins>"))
    paragraph._p.append(parse_xml(f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r>"))
    paragraph._p.append(parse_xml(f"<w:r {W}><w:tab/><w:t>条</w:t><w:br/><w:t>。</w:t></w:r>"))
    assert outline(load(document)) == ["共15\t条\n。"]


def test_text_boxes_are_read_once() -> None:
    document = docx.Document()
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    box = "<w:txbxContent><w:p><w:r><w:t>框内12条</w:t></w:r></w:p></w:txbxContent>"
    paragraph = document.add_paragraph("框外")
    paragraph._p.append(
        parse_xml(
            f"<w:r {W} {spaces}><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx>"
            f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        )
    )
    assert outline(load(document)) == ["框外", "框内12条"]


def test_a_table_of_one_cell_is_only_a_frame() -> None:
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "框里的正文。"
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "规章", "0"
    assert outline(load(document)) == ["框里的正文。", [(1, 1, 1, 1, "规章"), (1, 2, 1, 1, "0")]]


def test_properties() -> None:
    document = docx.Document()
    document.core_properties.title = "年度报告"
    document.core_properties.author = "办公室"
    document.add_paragraph("文")
    assert {"title": "年度报告", "creator": "办公室"}.items() <= load(document).properties.items()


def test_gaps_at_the_start_of_rows_shift_columns() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text, table.cell(1, 1).text = "甲", "乙", "丙"
    row = table.rows[1]._tr
    row.remove(row.tc_lst[0])
    row.insert(0, parse_xml(f'<w:trPr {W}><w:gridBefore w:val="1"/></w:trPr>'))
    (read_table,) = load(document).tables()
    assert read_table == Table([Cell(1, 1, "甲"), Cell(1, 2, "乙"), Cell(2, 2, "丙")])


def reason(data: bytes, **limits: int) -> str:
    with pytest.raises(RejectError) as caught:
        read(data, "x.docx", Limits(**limits))
    return caught.value.reason_code


def plain() -> bytes:
    document = docx.Document()
    document.add_paragraph("公开信息")
    return saved(document)


LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY e SYSTEM "file:///etc/passwd">]>'
)


def test_entities_are_refused() -> None:
    def laugh(xml: str) -> str:
        xml = re.sub(r"^<\?xml[^>]*\?>", "", xml)
        return LAUGHS + xml.replace("公开信息", "&c;&e;")

    assert reason(changed(plain(), "word/document.xml", laugh)) == "forbidden_content"


def test_external_relationships_are_not_followed() -> None:
    def external(xml: str) -> str:
        return re.sub(
            r'(Id="[^"]*" Type="[^"]*styles") Target="[^"]*"',
            r'\1 Target="file:///etc/passwd" TargetMode="External"',
            xml,
        )

    data = changed(plain(), "word/_rels/document.xml.rels", external)
    assert "TargetMode" in zipfile.ZipFile(io.BytesIO(data)).read("word/_rels/document.xml.rels").decode()
    assert outline(read(data, "x.docx", Limits())) == ["公开信息"]


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    bomb = changed(plain(), "word/media/image1.bin", lambda _: "0" * 60_000_000)
    assert len(bomb) < 200_000
    assert reason(bomb) == "decompression"
    assert reason(plain(), decompressed_bytes=1000) == "decompression"


def test_deep_nesting_is_refused() -> None:
    table = "<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc>%s</w:tc></w:tr></w:tbl>"
    inner = "<w:p/>"
    for _ in range(70):
        inner = table % inner
    deep = changed(plain(), "word/document.xml", lambda xml: xml.replace("<w:p>", inner + "<w:p>", 1))
    assert reason(deep, nesting=20) == "too_deep"
    for _ in range(100):
        inner = table % inner
    deeper = changed(plain(), "word/document.xml", lambda xml: xml.replace("<w:p>", inner + "<w:p>", 1))
    assert reason(deeper) == "too_deep"


def test_cells_are_counted_with_their_spans() -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 1).text = "x"
    table.cell(0, 0)._tc.get_or_add_tcPr().append(parse_xml(f'<w:gridSpan {W} w:val="999999999"/>'))
    assert reason(saved(document), cells=500) == "too_many_cells"


def test_other_zips_and_broken_files() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("readme.txt", "hello")
    assert reason(buffer.getvalue()) == "wrong_type"
    assert reason(plain()[:2000]) == "damaged"
    assert reason(changed(plain(), "word/document.xml", lambda xml: xml[:300])) == "damaged"


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        *((11, "chineseCounting", "十一"), (20, "chineseCountingThousand", "二十"), (3, "decimalEnclosedCircle", "③")),
        *(
            (2, "upperLetter", "B"),
            (28, "lowerLetter", "bb"),
            (4, "lowerRoman", "iv"),
            (2, "ideographTraditional", "乙"),
        ),
        *(
            (12, "decimalFullWidth", "１２"),
            (5, "unknown", "5"),
            (105, "ideographDigital", "一〇五"),
            (7, "decimalZero", "07"),
        ),
    ],
)
def test_forms_of_numbers(number: int, form: str, text: str) -> None:
    assert format_number(number, form) == text


def test_chinese_and_roman_numerals() -> None:
    assert [chinese(number) for number in (1, 10, 19, 101, 110, 1001, 2019)] == [
        *("一", "十", "十九", "一百零一", "一百一十", "一千零一", "二千零一十九")
    ]
    assert roman(1994) == "MCMXCIV"


def test_a_row_of_heads_that_lost_its_merged_cell_stands_under_its_head() -> None:
    rows = [
        [("复议", 2), ("诉讼", 4)],
        [("直接起诉", 2), ("复议后起诉", 2)],
        [(text, 1) for text in ("维持", "纠正") * 3],
        [(text, 1) for text in "123456"],
    ]
    body = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'
            for text, span in row
        )
        + "</w:tr>"
        for row in rows
    )
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:tbl {W}>{body}</w:tbl>"))
    (table,) = load(document).tables()
    heads = [(cell.text, cell.col, cell.row_span, cell.col_span) for cell in table.cells if cell.row < 3]
    assert heads == [("复议", 1, 2, 2), ("诉讼", 3, 1, 4), ("直接起诉", 3, 1, 2), ("复议后起诉", 5, 1, 2)]
