"""Archives: members are documents of their own, whatever their names and however deep somebody packed them."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
from collections.abc import Iterator
from email.message import EmailMessage
from multiprocessing import Pipe
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from helpers.one_report import as_letter
from helpers.raw import ingest, raw, reasons, report, rows, write, zip_file

from ingest import worker
from ingest.known import Known
from ingest.limits import Limits
from ingest.messages import Started, Task, receive_message
from ingest.results import Place, Unchanged

NAMES = ["报告/一.txt", "报告/二.txt"]


def gbk_zip(members: dict[str, bytes]) -> bytes:
    """A zip as Chinese Windows packs it: names in GBK, and no mark that says so."""
    placeholders = {f"{number:020d}.txt": name.encode("gbk").ljust(24, b" ") for number, name in enumerate(members)}
    data = zip_file(dict(zip(placeholders, members.values(), strict=True)))
    for placeholder, name in placeholders.items():
        stripped = name.rstrip(b" ")
        data = data.replace(placeholder.encode(), stripped + b"_" * (24 - len(stripped) - 4) + b".txt")
    return data


def tar_file(members: dict[str, bytes], *, encoding: str = "utf-8", mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, encoding=encoding, format=tarfile.GNU_FORMAT) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "w.duckdb"


def members(published: Path) -> list[tuple[str, str]]:
    return rows(published, "select source_file, archive_member from raw.document_sources order by all")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zip_file({name: report(n) for n, name in enumerate(NAMES)})),
        ("a.tar.gz", tar_file({name: report(n) for n, name in enumerate(NAMES)})),
        ("a.tar.gz", tar_file({name: report(n) for n, name in enumerate(NAMES)}, encoding="gb18030")),
        ("a.tar", tar_file({name: report(n) for n, name in enumerate(NAMES)}, mode="w")),
    ],
)
def test_members_land_with_their_path(published: Path, tmp_path: Path, name: str, data: bytes) -> None:
    folder = write(tmp_path / "files", {name: data})
    assert ingest(published, folder).landed == 2
    assert members(published) == [(name, member) for member in NAMES]
    before = raw(published)
    assert ingest(published, folder).unchanged == 2
    assert raw(published) == before


def test_names_in_gbk_are_read(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"a.zip": gbk_zip({"年报甲": report(1), "年报乙": report(2)})})
    ingest(published, folder)
    assert [member.partition("_")[0] for _, member in members(published)] == ["年报乙", "年报甲"]


def test_a_packed_file_is_named_without_its_ending(published: Path, tmp_path: Path) -> None:
    ingest(published, write(tmp_path / "files", {"报告.txt.gz": gzip.compress(report())}))
    assert members(published) == [("报告.txt.gz", "报告.txt")]


def test_one_level_of_nesting_and_no_more(published: Path, tmp_path: Path) -> None:
    inner = zip_file({"深.txt": report(3)})
    outer = zip_file(
        {"内.zip": inner, "内.tar.gz": tar_file({"乙.txt": report(4)}), "更.zip": zip_file({"x.zip": inner})}
    )
    ingest(published, write(tmp_path / "files", {"外.zip": outer}))
    assert members(published) == [("外.zip", "内.tar.gz/乙.txt"), ("外.zip", "内.zip/深.txt")]
    assert reasons(published) == {"外.zip!更.zip/x.zip": "too_deep"}


def test_a_member_may_be_rejected_alone(published: Path, tmp_path: Path) -> None:
    data = zip_file(
        {"a.txt": report(), "b.txt": b"", "c.docx": b"PK\x03\x04 broken", ".DS_Store": b"x", "__MACOSX/a": b"x"}
    )
    ingest(published, write(tmp_path / "files", {"a.zip": data}))
    assert members(published) == [("a.zip", "a.txt")]
    assert reasons(published) == {"a.zip!b.txt": "empty_file", "a.zip!c.docx": "damaged"}


ESCAPES = ["../out.txt", "a/../../out.txt", "/etc/out.txt", "..\\out.txt", "C:\\out.txt"]


def test_paths_out_of_the_archive_are_refused(published: Path, tmp_path: Path) -> None:
    files = {}
    for number, name in enumerate(ESCAPES):
        for pack in (zip_file, tar_file):
            files[f"{pack.__name__}{number}"] = pack({name: report(), "good.txt": report(5)})
    ingest(published, write(tmp_path / "files", files))
    assert members(published) == [(name, "good.txt") for name in sorted(files)]
    assert len(reasons(published)) == len(files)
    assert set(reasons(published).values()) == {"outside_folder"}
    assert not list(tmp_path.rglob("out.txt"))


def test_links_and_devices_in_an_archive_are_refused(published: Path, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for kind, name in ((tarfile.SYMTYPE, "link"), (tarfile.LNKTYPE, "hard"), (tarfile.CHRTYPE, "device")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    ingest(published, write(tmp_path / "files", {"a.tar.gz": buffer.getvalue()}))
    assert reasons(published) == {f"a.tar.gz!{name}": "not_a_file" for name in ("link", "hard", "device")}


def test_an_encrypted_member_is_told(published: Path, tmp_path: Path) -> None:
    data = bytearray(zip_file({"a.txt": report()}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        struct.pack_into("<H", data, at, 1)
    ingest(published, write(tmp_path / "files", {"a.zip": bytes(data)}))
    assert reasons(published) == {"a.zip!a.txt": "encrypted"}


def test_a_cut_archive_is_damaged(published: Path, tmp_path: Path) -> None:
    whole = {"a.zip": zip_file({"a.txt": report()}), "b.tar.gz": tar_file({"a.txt": report()})}
    files = {f"{cut}{name}": data[:cut] for name, data in whole.items() for cut in (30, 150, -30)}
    ingest(published, write(tmp_path / "files", files))
    assert {name.split("!")[0] for name in reasons(published)} == set(files)
    assert set(reasons(published).values()) == {"damaged"}


ZEROS = bytes(40_000_000)


def test_what_unpacks_to_far_more_than_its_size_is_rejected(published: Path, tmp_path: Path) -> None:
    bomb = zip_file({"good.txt": report(), "zeros.txt": ZEROS})
    files = {
        "a.zip": bomb,
        "b.gz": gzip.compress(ZEROS),
        "c.tar.gz": tar_file({"good.txt": report(), "zeros.txt": ZEROS}),
        "d.zip": zip_file({"inner.zip": bomb}),
        "e.docx": zip_file({"word/document.xml": ZEROS}),
    }
    ingest(published, write(tmp_path / "files", files))
    found = reasons(published)
    assert {name.split("!")[0] for name in found} == set(files)
    assert set(found.values()) == {"decompression"}
    assert rows(published, "select max(size_bytes) < 1000 from raw.documents") == [(True,)]


def test_too_many_members_are_rejected(published: Path, tmp_path: Path) -> None:
    data = zip_file({f"{number}.txt": report(number) for number in range(12)})
    ingest(published, write(tmp_path / "files", {"a.zip": data}), limits=Limits.parse(["members=10"]))
    assert reasons(published) == {"a.zip": "decompression"}
    assert len(members(published)) == 10


def test_a_letter_gives_its_text_and_what_is_attached(published: Path, tmp_path: Path) -> None:
    ingest(published, write(tmp_path / "in", {"来信.eml": b"\xef\xbb\xbf" + as_letter()}))
    assert rows(published, "select archive_member, reader from raw.documents order by 1") == [
        ("2021年度报告.xlsx", "xlsx"),
        ("message.html", "html"),
    ]


def test_a_letter_without_a_page_gives_its_words(published: Path, tmp_path: Path) -> None:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "a@example.org", "报告"
    letter.set_content("某县2016年政府信息公开工作年度报告")
    letter.add_attachment(b"x", maintype="application", subtype="zip", filename="../../etc/passwd")
    ingest(published, write(tmp_path / "in", {"a.eml": letter.as_bytes()}))
    assert rows(published, "select archive_member, reader from raw.documents") == [("message.txt", "txt")]
    assert reasons(published) == {"a.eml!../../etc/passwd": "outside_folder"}


def test_a_letter_with_nothing_in_it_is_told(published: Path, tmp_path: Path) -> None:
    head = b"From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
    ingest(published, write(tmp_path / "in", {"a.eml": head + b"--x--\n"}))
    assert reasons(published) == {"a.eml": "no_text"}


def test_what_came_of_a_member_is_told_before_the_next_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a reading process dies over the next one, this one is not to blame."""
    ours, theirs = Pipe()
    members = [Place("a.zip", "1.txt"), Place("a.zip", "2.txt")]

    def read(*given: Any) -> Iterator[Unchanged]:
        starting = given[4]
        for member in members:
            starting(member)
            yield Unchanged(member, "0" * 64)
            assert [receive_message(ours) for _ in range(2) if ours.poll()] == [
                Started(member),
                Unchanged(member, "0" * 64),
            ]

    monkeypatch.setattr(worker, "read_file", read)
    monkeypatch.setattr(worker, "limit_cpu", lambda seconds: None)
    with TemporaryFile() as nothing:
        held, known = worker.Held(theirs), Known(nothing.fileno())
        assert worker._serve(held, Task("a.zip", "a.zip"), Limits(), known, None) is None
