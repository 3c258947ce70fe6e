"""What a file is, told by its bytes."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import RejectError
from ingest.readers import READERS, Reader
from ingest.readers.sniff import sniff

TEXT = "某县2016年政府信息公开工作年度报告，公开信息3条。\n"


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("DOT", "."), text)
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
DOCX = zipped(word__documentDOTxml="<w/>", contentDOTxml="")
KINDS = {
    "txt": TEXT.encode(),
    "md": f"# {TEXT}\n- 一".encode(),
    "html": f"<!DOCTYPE html>\n<html><body>{TEXT}</body></html>".encode("gb18030"),
    "mht": b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="x"\r\n\r\n--x\r\n',
    "docx": DOCX,
    "xlsx": zipped(xl__workbookDOTxml="<w/>") + b"",
    "pdf": b"\n\n%PDF-1.4\n%\xe2\xe3",
    "doc": OLE + "WordDocument".encode("utf-16-le"),
    "xls": OLE + "Workbook".encode("utf-16-le"),
    "rtf": b"{\\rtf1\\ansi x}",
    "png": b"\x89PNG\r\n\x1a\n....",
    "jpg": b"\xff\xd8\xff\xe0....",
    "tif": b"II*\0....",
    "csv": '指标,单位,数量\n一,,\n甲,条,3\n乙,件,"1,204"\n丙,件,0\n'.encode("gb18030"),
    "word_xml": b"\xef\xbb\xbf<?xml version='1.0'?>\n<?mso-application progid='Word.Document'?><w:wordDocument x='y'>",
    "sheet_xml": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><a/>',
    "ofd": zipped(OFDDOTxml="<ofd:OFD/>"),
    "mail": b"From: a@example.org\r\nMIME-Version: 1.0\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n<p>x</p>",
    "zip": zipped(aDOTtxt=TEXT),
    "tar": tarred(),
    "gz": gzip.compress(TEXT.encode()),
}
KINDS["xlsx"] = zipped(**{"xl__workbookDOTxml": "<w/>", "[Content_Types]DOTxml": "<t/>"})


def kind(data: bytes, name: str) -> str:
    found = sniff(data, name)
    return found.name if isinstance(found, Reader) else found


@pytest.mark.parametrize("name", KINDS)
def test_the_bytes_tell_the_kind_under_any_honest_name(name: str) -> None:
    assert kind(KINDS[name], f"报告.{name}") == name
    assert kind(KINDS[name], "报告") == name
    assert kind(KINDS[name], "报告.doc" if name not in ("zip", "tar", "gz") else "报告.rar") == name


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030", "big5"])
def test_text_is_text_in_each_encoding(encoding: str) -> None:
    text = TEXT.replace("县", "鎮").replace("报", "報").replace("开", "開") if encoding == "big5" else TEXT
    assert kind((text * 50).encode(encoding, "ignore"), "a.txt") == "txt"


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.txt", "empty_file"),
        (bytes(100_000), "a.docx", "only_zeros"),
        (KINDS["zip"], "a.docx", "wrong_type"),
        (TEXT.encode(), "a.pdf", "wrong_type"),
        (bytes(range(256)) * 40, "a.txt", "wrong_type"),
        (bytes(range(256)) * 40, "a.bin", "unsupported_type"),
        (b"Rar!\x1a\x07\0" + bytes(50), "a.rar", "unsupported_type"),
        (b"\x7fELF\2\1\1" + bytes(50), "a", "unsupported_type"),
        (zipped(ppt__presentationDOTxml="<p/>"), "a.pptx", "unsupported_type"),
        (DOCX[: len(DOCX) // 2], "a.docx", "damaged"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "encrypted"),
    ],
)
def test_what_is_not_read_is_rejected_with_its_reason(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(RejectError) as rejected:
        sniff(data, name)
    assert rejected.value.reason_code == reason


@given(st.sampled_from(sorted(KINDS)), st.data())
def test_damaged_files_are_still_of_a_kind_or_rejected(name: str, data: st.DataObject) -> None:
    original = KINDS[name]
    cut = data.draw(st.integers(0, len(original)))
    noise = data.draw(st.binary(max_size=20))
    try:
        assert kind(original[:cut] + noise + original[cut + len(noise) :], f"a.{name}")
    except RejectError as error:
        assert error.detail


@given(st.binary(max_size=300), st.text(max_size=8))
def test_any_bytes_are_of_a_kind_or_rejected(data: bytes, ending: str) -> None:
    try:
        assert kind(data, f"a.{ending}")
    except RejectError as error:
        assert error.detail


BY_OTHER_SIGNS = {"txt", "md", "csv", "html", "wps"}
"""What `sniff` tells by more than a sign: text by what is in it, and old Works files by the ending."""


def test_a_sign_leads_to_every_reader() -> None:
    for reader in READERS.values():
        is_open_document = reader.media_type.startswith("application/vnd.oasis.opendocument")
        signs = (reader.magic, reader.zip_parts, reader.streams, reader.text)
        assert any(signs) or is_open_document or reader.name in BY_OTHER_SIGNS, reader.name


def test_a_container_whose_first_part_does_not_unpack_is_damaged() -> None:
    whole = zipped(mimetype="application/vnd.oasis.opendocument.text")
    start = whole.index(b"mimetype") + len("mimetype")
    broken = whole[:start] + b"\xff" * 8 + whole[start + 8 :]
    with pytest.raises(RejectError) as caught:
        sniff(broken, "a.odt")
    assert caught.value.reason_code == "damaged"
