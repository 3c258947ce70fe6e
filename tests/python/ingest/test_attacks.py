"""Files made to do harm: each is read as the little that it says, or rejected with a reason, and others land."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from helpers.raw import ingest, reasons, report, rows, write

from ingest.limits import Limits

LAUGHS = "<!DOCTYPE x [<!ENTITY l0 'laughs'>" + "".join(
    f"<!ENTITY l{level} '{f'&l{level - 1};' * 10}'>" for level in range(1, 10)
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
RELATIONSHIPS = f"""<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>"""
OUTSIDE = f"""<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="{R}/attachedTemplate" TargetMode="External" Target="http://127.0.0.1:9/template.dotm"/>
<Relationship Id="r2" Type="{R}/image" TargetMode="External" Target="file:///etc/passwd"/></Relationships>"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "w.duckdb"


def docx(document: str, **parts: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr("_rels/.rels", RELATIONSHIPS)
        package.writestr("word/document.xml", document)
        for name, text in parts.items():
            package.writestr(name.replace("__", "/").replace("DOT", "."), text)
    return buffer.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(*objects: str) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalog."""
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    return data + f"{trailer}<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF".encode()


def landed(published: Path) -> dict[str, str]:
    """All text of each document that landed, by file name."""
    return dict(
        rows(
            published,
            """
            with texts as (
                select document_id, text from raw.blocks
                union all
                select document_id, text from raw.table_cells
            )
            select source_file, string_agg(text, ' ') from raw.documents join texts using (document_id) group by all
            """,
        )
    )


def survives(published: Path, tmp_path: Path, name: str, data: bytes, *limits: str) -> str:
    """Ingest the file between two good ones; gives its reason, or '' where it landed."""
    folder = write(tmp_path / "files", {"a.txt": report(1), name: data, "z.txt": report(2)})
    ingest(published, folder, limits=Limits.parse(["seconds=60", *limits]))
    assert {"a.txt", "z.txt"} <= set(landed(published))
    found = reasons(published)
    assert set(found) <= {name}
    assert found.get(name) != "timeout"
    assert (name in landed(published)) != (name in found)
    return found.get(name, "")


def test_billion_laughs_in_a_page(published: Path, tmp_path: Path) -> None:
    page = f"{LAUGHS}]><html><body><p>公开信息3条。&l9;</p></body></html>"
    assert survives(published, tmp_path, "m.html", page.encode()) == ""
    assert len(landed(published)["m.html"]) < 100


def test_billion_laughs_in_a_word_document(published: Path, tmp_path: Path) -> None:
    text = paragraph("公开信息3条。&l9;")
    document = f'<?xml version="1.0"?>{LAUGHS}]><w:document {W}><w:body>{text}</w:body></w:document>'
    survives(published, tmp_path, "m.docx", docx(document))
    assert len(landed(published).get("m.docx", "")) < 100


@pytest.mark.parametrize("entity", ["file:///etc/passwd", "http://127.0.0.1:9/x"])
@pytest.mark.parametrize("kind", ["html", "docx"])
def test_external_entities_are_not_fetched(published: Path, tmp_path: Path, entity: str, kind: str) -> None:
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{entity}">]>'
    if kind == "docx":
        body = f"<w:body>{paragraph('公开信息3条。&e;')}</w:body>"
        data = docx(f'<?xml version="1.0"?>{doctype}<w:document {W}>{body}</w:document>')
    else:
        data = f"{doctype}<html><body><p>公开信息3条。&e;</p></body></html>".encode()
    survives(published, tmp_path, f"m.{kind}", data)
    assert "root:" not in landed(published).get(f"m.{kind}", "")


def test_a_word_document_with_relationships_outside(published: Path, tmp_path: Path) -> None:
    document = f'<?xml version="1.0"?><w:document {W}><w:body>{paragraph("公开信息3条。")}</w:body></w:document>'
    data = docx(document, word___relsx=OUTSIDE, **{"word___rels__documentDOTxmlDOTrels": OUTSIDE})
    assert survives(published, tmp_path, "m.docx", data) in ("", "forbidden_content")
    assert "root:" not in landed(published).get("m.docx", "")


def test_a_zip_bomb_that_is_a_word_document(published: Path, tmp_path: Path) -> None:
    document = f'<?xml version="1.0"?><w:document {W}><w:body>{" " * 60_000_000}</w:body></w:document>'
    assert survives(published, tmp_path, "m.docx", docx(document)) == "decompression"


def test_ten_million_cells_by_repetition(published: Path, tmp_path: Path) -> None:
    row = "<tr>" + '<td colspan="1000">1</td><td>2</td>' * 10 + "</tr>"
    page = f"<html><body><table>{row * 1000}</table></body></html>"
    assert survives(published, tmp_path, "m.html", page.encode()) == "too_many_cells"


def test_ten_million_cells_by_span_in_a_word_document(published: Path, tmp_path: Path) -> None:
    span = '<w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr>'
    row = f"<w:tr><w:tc>{span}{paragraph('1')}</w:tc><w:tc>{paragraph('2')}</w:tc></w:tr>"
    document = f'<?xml version="1.0"?><w:document {W}><w:body><w:tbl>{row * 10}</w:tbl></w:body></w:document>'
    survives(published, tmp_path, "m.docx", docx(document))
    assert rows(published, "select coalesce(sum(row_span * col_span), 0) <= 500000 from raw.table_cells") == [(True,)]


def test_a_line_of_a_gigabyte(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"a.txt": report(1)})
    with (folder / "line.txt").open("wb") as file:
        file.write(report(2))
        file.truncate(1_000_000_000)
    ingest(published, folder)
    assert reasons(published) == {"line.txt": "too_large"}
    (folder / "line.txt").write_bytes(report(3))
    assert survives(published, tmp_path, "m.txt", b"3" * 39_000_000) == "too_many_characters"


def test_a_page_tree_without_end(published: Path, tmp_path: Path) -> None:
    loop = pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>",
        "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 2147483647 >>",
    )
    assert survives(published, tmp_path, "m.pdf", loop) != ""


SLOW = [  # each repeated 50,000 times
    "[",
    "**",
    " \n",
    "　1　",
    "<!--",
    "<!DOCTYPE [",
    "|",
    "# ",
    "_",
    "一、",
    "\t",
    "&",
    "content-type:",
    "<a href=x>",
]
STARTS = {"md": "# 报告\n", "html": "<html><p>", "txt": ""}


def test_text_made_for_slow_patterns(published: Path, tmp_path: Path) -> None:
    files = {
        f"{number}.{kind}": f"{start}公开信息{number}条。{piece * 50_000}".encode()
        for kind, start in STARTS.items()
        for number, piece in enumerate(SLOW)
    }
    summary = ingest(published, write(tmp_path / "files", files), limits=Limits.parse(["seconds=20"]))
    assert reasons(published) == {}
    assert summary.landed == len(files)


def test_workbooks_of_xml_with_cells_far_apart(published: Path, tmp_path: Path) -> None:
    head = '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table>'
    wide = '<Row><Cell Index="16000"><Data>丙</Data></Cell></Row>'
    cell = "<Row><Cell><Data>甲</Data></Cell></Row>"
    far = '<Row Index="900000"><Cell Index="16000"><Data>乙</Data></Cell></Row>'
    files = {
        "far.xls": f'<?xml version="1.0"?>{head}{cell}{far}</Table></Worksheet></Workbook>'.encode(),
        "wide.xls": f'<?xml version="1.0"?>{head}{wide * 400}</Table></Worksheet></Workbook>'.encode(),
        "report.txt": report(),
    }
    ingest(published, write(tmp_path / "in", files))
    assert rows(published, "select reader, count(*) from raw.documents group by all order by all") == [
        ("sheet_xml", 1),
        ("txt", 1),
    ]
    assert rows(published, "select count(*) from raw.table_cells") == [(0,)]
    assert reasons(published) == {"wide.xls": "too_many_cells"}


def ofd(content: str, **parts: str) -> bytes:
    buffer = BytesIO()
    page = {"OFD.xml": "<OFD><DocBody><DocRoot>D/Document.xml</DocRoot></DocBody></OFD>", "D/P.xml": content, **parts}
    page.setdefault("D/Document.xml", '<Document><Pages><Page BaseLoc="P.xml"/></Pages></Document>')
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in page.items():
            package.writestr(name, text)
    return buffer.getvalue()


def test_fixed_pages_that_lead_outside_or_round_in_circles(published: Path, tmp_path: Path) -> None:
    template = '<TemplatePage ID="1" BaseLoc="T.xml"/>'
    words = '<TextCode X="0" Y="4" DeltaX="g 999999999 1">甲乙</TextCode>'
    text = f'<TextObject Boundary="1 1 9 9" Size="4">{words}</TextObject>'
    pages = '<Pages><Page BaseLoc="P.xml"/></Pages>'
    circle = {
        "D/Document.xml": f"<Document><CommonData>{template}</CommonData>{pages}</Document>",
        "D/T.xml": f'<Page><Template TemplateID="1"/><Content><Layer>{text}</Layer></Content></Page>',
    }
    outside = '<Document><Pages><Page BaseLoc="../../../../etc/passwd"/></Pages></Document>'
    files = {
        "circle.ofd": ofd('<Page><Template TemplateID="1"/></Page>', **circle),
        "outside.ofd": ofd("<Page/>", **{"D/Document.xml": outside}),
        "empty.ofd": ofd("<Page/>"),
    }
    ingest(published, write(tmp_path / "in", files))
    assert reasons(published) == {"outside.ofd": "damaged", "empty.ofd": "no_text"}
    assert rows(published, "select reader from raw.documents") == [("ofd",)]
