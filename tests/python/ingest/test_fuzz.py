"""Damaged files of all formats: every one lands or is rejected with a reason, and nothing is left behind.

A short run is part of `make test`; `make fuzz` sets GONGKAI_FUZZ to thousands of files.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from helpers.command import ROOT
from helpers.raw import ingest, rows

from ingest.errors import RejectReason
from ingest.limits import Limits

FILES = int(os.environ.get("GONGKAI_FUZZ", "240"))
SEED = int(os.environ.get("GONGKAI_FUZZ_SEED", "20261120"))
SLOW = {".doc", ".rtf", ".odt", ".png", ".jpg", ".tif"}
"""Endings of formats that other programs or OCR read, which takes seconds for a file."""
ENDINGS = [".txt", ".md", ".html", ".docx", ".pdf", ".xlsx", ".xls", ".doc", ".zip", ".gz", ".mht", ".png", ""]


def originals() -> dict[str, bytes]:
    """Whole files of all formats: the samples, and what can be made of them."""
    found = {path.name: path.read_bytes() for path in sorted((ROOT / "samples" / "reports").iterdir())}
    page = next(data for name, data in found.items() if name.endswith(".html"))
    found["page.mht"] = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
        b"Content-Type: text/html\r\n\r\n" + page + b"\r\n--x--\r\n"
    )
    found["sheet.xlsx"] = workbook()
    found["old.rtf"] = rb"{\rtf1\ansi\deff0 {\fonttbl{\f0 Song;}} 2016 \u20844?\u24320?3\u26465? \par}"
    found["all.zip"] = zipped(found)
    found["all.tar.gz"] = tarred(found)
    found["one.txt.gz"] = gzip.compress(next(data for name, data in found.items() if name.endswith(".txt")))
    return found


def workbook() -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:B1", "申请情况")
        sheet.write_row("A2", ["本年新收", 12])
        sheet.write_row("A3", ["上年结转", 0])
    return buffer.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def damaged(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The bytes with one to three kinds of damage."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data) + 1)
        size = chance.choice([1, 4, 64, 1024])
        match chance.randrange(7):
            case 0:
                flipped = bytearray(data)
                for _ in range(chance.choice([1, 5, 50])):
                    if flipped:
                        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
                data = bytes(flipped)
            case 1:
                data = data[:at]
            case 2:
                data = data[:at] + data[at + size :]
            case 3:
                data = data[:at] + chance.randbytes(size) + data[at:]
            case 4:
                other = chance.choice(others)
                data = data[:at] + other[chance.randrange(len(other)) :]
            case 5:
                data = data[:at] + data[max(0, at - size) : at] * chance.choice([2, 100]) + data[at:]
            case _:
                data = data[:at] + bytes(size) + data[at + size :]
    return data


def make_files(folder: Path, count: int, chance: random.Random) -> list[str]:
    whole = originals()
    names, contents = list(whole), list(whole.values())
    folder.mkdir()
    made: list[str] = []
    slow_left = max(4, count // 20)
    while len(made) < count:
        name = chance.choice(names)
        data = damaged(whole[name], contents, chance)
        if chance.random() < 0.1:
            data = zipped({f"a{chance.choice(ENDINGS)}": data, "b/c.txt": data[: len(data) // 2]})
        elif chance.random() < 0.05:
            data = gzip.compress(data)
        ending = chance.choice(ENDINGS) if chance.random() < 0.2 else "".join(Path(name).suffixes[-1:])
        if Path(name).suffix in SLOW or name.startswith("all."):
            if not slow_left:
                continue
            slow_left -= 1
        made.append(f"{len(made):05d}{ending}")
        (folder / made[-1]).write_bytes(data)
    return made


@pytest.mark.fuzz
def test_every_damaged_file_lands_or_is_rejected_with_a_reason(tmp_path: Path) -> None:
    published = tmp_path / "w.duckdb"
    made = make_files(tmp_path / "files", FILES, random.Random(SEED))
    handles = set(Path("/proc/self/fd").iterdir())
    summary = ingest(published, tmp_path / "files", limits=Limits.parse(["seconds=60"]))
    landed = rows(published, "select source_file, archive_member from raw.document_sources")
    rejected = rows(published, "select source_file, archive_member, reason_code, detail from raw.rejects")
    assert {name for name, *_ in landed} | {name for name, *_ in rejected} == set(made)
    assert not {tuple(row) for row in landed} & {row[:2] for row in rejected}
    assert {reason for *_, reason, _ in rejected} <= set(RejectReason)
    counts = Counter(reason for *_, reason, _ in rejected)
    # a fault of ours, or a process that had to be ended, is told apart from damage, and damage alone should bring none
    faults = [row for row in rejected if row[2] in ("reader_failed", "reader_died", "memory", "timeout")]
    assert not faults, f"{faults[:10]} of {counts}"
    assert summary.seen == len(made)
    assert summary.landed > 0 < summary.rejected
    assert len(set(Path("/proc/self/fd").iterdir()) - handles) <= 1  # the one that lists them
    assert {path.name for path in tmp_path.iterdir()} == {"files", "w.work.duckdb", "w.work.lock"}
