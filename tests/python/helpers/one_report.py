"""One report of our own in every format that can be written here."""

from __future__ import annotations

import base64
import csv
import io
import zipfile
from email.message import EmailMessage
from functools import cache
from xml.sax.saxutils import escape

import docx
import xlsxwriter

PARAGRAPHS = [
    "某某县水务局2021年政府信息公开工作年度报告",
    "本报告根据《中华人民共和国政府信息公开条例》编制，数据统计期限为2021年1月1日至2021年12月31日。",
    "一、总体情况",
    "（一）主动公开。全年公开政府信息1286条，其中网站公开1024条、微信公众号公开262条，召开新闻发布会3次。",
    "（二）依申请公开。收到申请17件，上年结转2件，办结18件，结转下年度1件。",
    "二、收到和处理政府信息公开申请情况",
    "三、存在的主要问题",
    "公开的主动性有待加强，下一步将增加解读12篇。",
]
TABLE_AFTER = 6
HEADS = ["申请人情况", "自然人", "商业企业", "科研机构", "其他", "总计"]
ROWS = [
    ["一、本年新收政府信息公开申请数量", "12", "3", "0", "2", "17"],
    ["二、上年结转政府信息公开申请数量", "2", "0", "0", "0", "2"],
    ["（一）予以公开", "9", "1", "0", "1", "11"],
    ["（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "1", "1", "0", "0", "2"],
    ["1.属于国家秘密", "0", "0", "0", "0", "0"],
    ["2.其他法律行政法规禁止公开", "1", "0", "0", "0", "1"],
    ["8.属于行政查询事项", "2", "1", "0", "1", "4"],
    ["四、结转下年度继续办理", "1", "0", "0", "0", "1"],
]


def as_txt() -> bytes:
    table = "\n\n".join("\n".join("\t" + cell for cell in row) for row in [HEADS, *ROWS])
    return "\n\n".join([*PARAGRAPHS[:TABLE_AFTER], table, *PARAGRAPHS[TABLE_AFTER:]]).encode()


def as_html() -> bytes:
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in [HEADS, *ROWS])
    texts = [f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS]
    body = [*texts[:TABLE_AFTER], f"<table>{table}</table>", *texts[TABLE_AFTER:]]
    return f"<html><head><meta charset=utf-8></head><body>{''.join(body)}</body></html>".encode()


def as_xlsx() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    rows = [
        *([paragraph] for paragraph in PARAGRAPHS[:TABLE_AFTER]),
        *([HEADS[0], *HEADS[1:]], *([row[0], *map(int, row[1:])] for row in ROWS)),
        *([paragraph] for paragraph in PARAGRAPHS[TABLE_AFTER:]),
    ]
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


@cache
def as_docx() -> bytes:
    document = docx.Document()
    document.styles["Normal"].font.name = "Noto Serif CJK SC"
    for number, paragraph in enumerate(PARAGRAPHS):
        if number == TABLE_AFTER:
            table = document.add_table(0, len(HEADS))
            table.style = "Table Grid"
            for row in [HEADS, *ROWS]:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        document.add_paragraph(paragraph)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def as_csv(encoding: str = "gb18030") -> bytes:
    rows = [
        *([paragraph] for paragraph in PARAGRAPHS[:TABLE_AFTER]),
        *(HEADS, *ROWS),
        *([paragraph] for paragraph in PARAGRAPHS[TABLE_AFTER:]),
    ]
    text = io.StringIO()
    csv.writer(text).writerows(row + [""] * (len(HEADS) - len(row)) for row in rows)
    return text.getvalue().encode(encoding)


def as_sheet_xml() -> bytes:
    """As Excel 2003 saves it, with a hidden row and a hidden column that no reader sees."""

    def row(values: list[str], attributes: str = "") -> str:
        cells = [f'<Cell><Data ss:Type="String">{escape(value)}</Data></Cell>' for value in values]
        hidden = '<Cell><Data ss:Type="Number">9</Data></Cell>'
        return f"<Row{attributes}>{cells[0]}{hidden}{''.join(cells[1:])}</Row>"

    def across(paragraph: str) -> str:
        width = len(HEADS)
        return f'<Row><Cell ss:MergeAcross="{width}"><Data ss:Type="String">{escape(paragraph)}</Data></Cell></Row>'

    rows = [
        *map(across, PARAGRAPHS[:TABLE_AFTER]),
        row(HEADS),
        row(["暗行", *["7"] * (len(HEADS) - 1)], ' ss:Hidden="1"'),
        *map(row, ROWS),
        *map(across, PARAGRAPHS[TABLE_AFTER:]),
    ]
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>'
        f'<Column/><Column ss:Hidden="1"/>{"".join(rows)}</Table></Worksheet></Workbook>'
    ).encode()


def as_html_sheet() -> bytes:
    """As Excel saves a page, which many give the ending .xls: title and sentences are rows of the one table."""
    width = len(HEADS)
    wide = [f"<tr><td colspan={width}>{paragraph}</td></tr>" for paragraph in PARAGRAPHS]
    rows = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in [HEADS, *ROWS]]
    body = "".join([*wide[:TABLE_AFTER], *rows, *wide[TABLE_AFTER:]])
    head = '<meta charset="gb2312"><meta name=ProgId content=Excel.Sheet>'
    return f"<html><head>{head}</head><body><table>{body}</table></body></html>".encode("gb18030")


def as_flat_package() -> bytes:
    """The .docx with its parts one after another in one file."""
    parts = []
    with zipfile.ZipFile(io.BytesIO(as_docx())) as package:
        for name in package.namelist():
            content = package.read(name)
            if name.endswith((".xml", ".rels")):
                text = content.decode().partition("?>")[2] or content.decode()
                inner = f"<pkg:xmlData>{text}</pkg:xmlData>"
            else:
                inner = f"<pkg:binaryData>{base64.b64encode(content).decode()}</pkg:binaryData>"
            parts.append(f'<pkg:part pkg:name="/{name}">{inner}</pkg:part>')
    uri = "http://schemas.microsoft.com/office/2006/xmlPackage"
    return f'<?xml version="1.0"?><pkg:package xmlns:pkg="{uri}">{"".join(parts)}</pkg:package>'.encode()


def as_word_2003() -> bytes:
    """As Word 2003 saves it: sections around the paragraphs, a number beside the list's rule, a deletion on record."""

    def paragraph(text: str) -> str:
        number = ""
        if text.startswith("一、"):
            number, text = '<w:pPr><w:listPr><w:ilvl w:val="0"/><wx:t wx:val="一、"/></w:listPr></w:pPr>', text[2:]
        return f"<w:p>{number}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"

    def cell(text: str) -> str:
        return f"<w:tc>{paragraph(text) if not text.startswith('一、') else plain(text)}</w:tc>"

    def plain(text: str) -> str:
        return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"

    deleted = (
        '<w:p><aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:delText>旧</w:delText></w:r>'
        "</aml:content></aml:annotation></w:p>"
    )
    rows = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in [HEADS, *ROWS])
    texts = list(map(paragraph, PARAGRAPHS))
    body = [*texts[:TABLE_AFTER], f"<w:tbl>{rows}</w:tbl>", deleted, *texts[TABLE_AFTER:]]
    return (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"'
        ' xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint"'
        ' xmlns:aml="http://schemas.microsoft.com/aml/2001/core">'
        f"<w:body><wx:sect><wx:sub-section>{''.join(body)}</wx:sub-section></wx:sect></w:body></w:wordDocument>"
    ).encode()


def as_letter() -> bytes:
    """A letter with the report as its text, as a page beside plain words, and a workbook attached."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@example.org", "b@example.org", "年度报告"
    letter.set_content("见附件。")
    letter.add_alternative(as_html().decode(), subtype="html")
    letter.add_attachment(as_xlsx(), maintype="application", subtype="octet-stream", filename="2021年度报告.xlsx")
    return letter.as_bytes()


_LEFT, _RIGHT, _LINE, _SIZE = 20.0, 190.0, 7.0, 3.7


def as_ofd() -> bytes:
    """Fixed pages in millimetres: text with steps between its characters, and the lines of the table."""
    objects: list[str] = []
    y = 20.0

    def text(x: float, words: str, at: float) -> None:
        steps = f"g {len(words) - 1} {_SIZE}" if len(words) > 1 else ""
        if any(word.isascii() for word in words):
            steps = " ".join(str(_SIZE / 2 if word.isascii() else _SIZE) for word in words[:-1])
        objects.append(
            f'<ofd:TextObject Boundary="{x} {at} 170 6" Size="{_SIZE}" Font="1"><ofd:TextCode X="0" Y="{_SIZE}"'
            f' DeltaX="{steps}">{escape(words)}</ofd:TextCode></ofd:TextObject>'
        )

    def line(x0: float, y0: float, x1: float, y1: float) -> None:
        objects.append(
            f'<ofd:PathObject Boundary="{x0} {y0} {x1 - x0} {y1 - y0}" LineWidth="0.3">'
            f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    fits = int((_RIGHT - _LEFT) / _SIZE)
    widths = [80.0, *[18.0] * (len(HEADS) - 1)]
    for number, paragraph in enumerate(PARAGRAPHS):
        if number == TABLE_AFTER:
            top = y
            for row in [HEADS, *ROWS]:
                line(_LEFT, y, _LEFT + sum(widths), y)
                x = _LEFT
                for width, cell in zip(widths, row, strict=True):
                    for start in range(0, len(cell), int(width / _SIZE) - 1):
                        part = cell[start : start + int(width / _SIZE) - 1]
                        text(x + 1, part, y + 1 + 5 * (start > 0))
                    x += width
                y += 12.0
            line(_LEFT, y, _LEFT + sum(widths), y)
            for column in range(len(widths) + 1):
                x = _LEFT + sum(widths[:column])
                line(x, top, x, y)
            y += 3
        words = paragraph if number == 0 else "\u3000\u3000" + paragraph
        for start in range(0, len(words), fits):
            text(_LEFT, words[start : start + fits], y)
            y += _LINE
    objects.append(  # a watermark at an angle
        '<ofd:TextObject Boundary="50 100 100 100" CTM="0.7 -0.7 0.7 0.7 0 0" Size="9" Font="1">'
        '<ofd:TextCode X="0" Y="9" DeltaX="9">888</ofd:TextCode></ofd:TextObject>'
    )
    namespace = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    parts = {
        "OFD.xml": f"<ofd:OFD {namespace}><ofd:DocBody><ofd:DocInfo><ofd:Title>年报</ofd:Title></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {namespace}><ofd:CommonData><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
        '<ofd:Pages><ofd:Page ID="2" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {namespace}><ofd:Content><ofd:Layer>{''.join(objects)}"
        "</ofd:Layer></ofd:Content></ofd:Page>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return packed.getvalue()
