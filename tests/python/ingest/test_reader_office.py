"""What LibreOffice is given, and what is said where it is missing or cannot help. Formats are in test_round_trips."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.errors import RejectError
from ingest.limits import Limits
from ingest.readers import office


def reason(data: bytes, name: str, **limits: int) -> str:
    with pytest.raises(RejectError) as caught:
        office.read(data, name, Limits(**limits))
    return caught.value.reason_code


@pytest.fixture
def needs_libreoffice() -> None:
    if office.find_program() is None:
        pytest.skip("LibreOffice is not installed")


def odt(content: str, **parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", content)
        for name, text in parts.items():
            package.writestr(name.replace("__", "/") + ".xml", text)
    return buffer.getvalue()


def test_missing_libreoffice_is_one_clear_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_program", lambda: None)
    assert reason(b"{\\rtf1 a}", "a.rtf") == "reader_missing"


@pytest.mark.usefixtures("needs_libreoffice")
def test_endless_repeats_and_passwords_are_refused_before_libreoffice_sees_them() -> None:
    cells = '<table:table-cell table:number-columns-repeated="10000000"/>'
    assert reason(odt(cells), "a.odt") == "too_many_cells"
    assert reason(odt("", **{"META-INF__manifest": "<manifest:encryption-data/>"}), "a.odt") == "encrypted"
    fib = b"\xec\xa5" + bytes(9) + b"\x01"
    assert reason(b"\xd0\xcf\x11\xe0".ljust(512, b"\0") + fib.ljust(512, b"\0"), "a.doc") == "encrypted"


@pytest.mark.usefixtures("needs_libreoffice")
def test_what_libreoffice_cannot_open_is_damaged() -> None:
    assert reason(odt("<broken"), "a.odt") == "damaged"


@pytest.mark.usefixtures("needs_libreoffice")
def test_time_limit() -> None:
    rtf = b"{\\rtf1 " + b"text \\par " * 400_000 + b"}"
    assert reason(rtf, "a.rtf", seconds=1) == "timeout"
    # the next document is read as if nothing had been
    document = office.read(b"{\\rtf1 12 items}", "a.rtf", Limits())
    assert [block.text for block in document.blocks()] == ["12 items"]
