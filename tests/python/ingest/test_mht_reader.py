"""Web archives: the page in them, however it was encoded."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from ingest.documents.model import Document
from ingest.errors import RejectError
from ingest.limits import Limits
from ingest.readers import READERS, Reader, read_document
from ingest.readers.sniff import sniff

PAGE = (
    "<html><head><title>年报</title></head><body><h1>某县2016年报告</h1><p>公开信息3条。</p>"
    "<table><tr><td>甲</td><td>1</td><td>2</td></tr><tr><td>乙</td><td>3</td><td>4</td></tr></table></body></html>"
)


def archive(page: str, charset: str, transfer: str, *, first: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = "<Saved by a browser>"
    message["Snapshot-Content-Location"] = "http://example.org/report.html"
    message.make_related()
    if first:
        message.add_related(first, subtype="html", charset="utf-8")
    message.add_related(page, subtype="html", charset=charset, cte=transfer, cid="<page>")
    message.add_related(b"\x89PNG", maintype="image", subtype="png")
    return message.as_bytes()


def read(data: bytes) -> Document:
    kind = sniff(data, "a.mht")
    assert isinstance(kind, Reader)
    assert kind.name == "mht"
    return read_document(READERS["mht"], data, "a.mht", Limits())


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
@pytest.mark.parametrize("transfer", ["base64", "quoted-printable", "8bit"])
def test_the_page_is_read(charset: str, transfer: str) -> None:
    document = read(archive(PAGE, charset, transfer))
    assert [block.text for block in document.blocks()] == ["某县2016年报告", "公开信息3条。"]
    assert [len(table.cells) for table in document.tables()] == [6]
    assert document.properties["title"] == "年报"
    assert document.properties["Content-Location"] == "http://example.org/report.html"


def test_the_part_named_as_start_is_the_page() -> None:
    data = archive(PAGE, "utf-8", "base64", first="<html><body><p>框架。</p></body></html>")
    head, rest = data.split(b"multipart/related;", 1)
    found = read(head + b'multipart/related; start="<page>";' + rest)
    assert "某县2016年报告" in [block.text for block in found.blocks()]


@pytest.mark.parametrize("link", ["cid:sheet", "style/a.css", "http://example.org/style/a.css"])
def test_a_sheet_saved_beside_the_page_hides(link: str) -> None:
    page = PAGE.replace("</head>", f'<link rel="stylesheet" href="{link}"></head>').replace(
        "<table>", '<p class="old">原为4条。</p><table>'
    )
    message = EmailMessage()
    message.make_related()
    message.add_related(page, subtype="html", charset="utf-8", headers=["Content-Location: http://example.org/a.html"])
    sheet = ".old{display:none}"
    location = ["Content-Location: http://example.org/style/a.css"]
    message.add_related(sheet, subtype="css", charset="utf-8", cid="<sheet>", headers=location)
    assert [block.text for block in read(message.as_bytes()).blocks()] == ["某县2016年报告", "公开信息3条。"]


@pytest.mark.parametrize(
    "frames", ['<body><iframe src="cid:frame"></iframe></body>', '<frameset><frame src="cid:frame"></frameset>']
)
def test_the_page_in_a_frame_is_read_in_its_place(frames: str) -> None:
    message = EmailMessage()
    message.make_related()
    message.add_related(f"<html><head><title>年报</title></head>{frames}</html>", subtype="html", charset="utf-8")
    message.add_related(PAGE, subtype="html", charset="utf-8", cid="<frame>")
    document = read(message.as_bytes())
    assert [block.text for block in document.blocks()] == ["某县2016年报告", "公开信息3条。"]
    assert [len(table.cells) for table in document.tables()] == [6]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: image/png\n\nx',
            "no_text",
        ),
        (
            b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: text/html\n\n',
            "damaged",
        ),
    ],
)
def test_an_archive_without_its_page_is_rejected(data: bytes, reason: str) -> None:
    with pytest.raises(RejectError) as rejected:
        read(data)
    assert rejected.value.reason_code == reason
