"""Files in object storage are read as those of a folder are: the same rows, limits and reasons."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.command import ROOT, Gongkai
from helpers.raw import ingest, raw, reasons, report, rows, write, zip_file
from helpers.storage import BUCKET, put, remove

from ingest import storage
from ingest.errors import UsageError
from ingest.limits import Limits
from ingest.storage import Stored, source_of

SAMPLES = ROOT / "samples" / "reports"
LIMITS = dataclasses.replace(Limits(), bytes=400_000)
POISON = {
    "empty.txt": b"",
    "bomb.zip": zip_file({"zeros.txt": bytes(80_000_000)}),
    "too/large.txt": b"x" * (LIMITS.bytes + 1),
    "broken.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 20,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the samples, an archive, hidden files, the same bytes twice, and what is rejected."""
    names = ("2013-qiannan-zhou.html", "2015-yueyang-shuiwu.docx", "2017-liji-zhen.pdf", "2016-luochuan-xian.txt")
    files = {f"{name[:4]}/{name}": (SAMPLES / name).read_bytes() for name in names}
    files |= {"b/again.txt": files["2016/2016-luochuan-xian.txt"], "a b/报告 #1?.txt": report(5)}
    files |= {"archive.zip": zip_file({"one.txt": report(1), "empty.txt": b""}), ".hidden/no.txt": report(9)}
    return write(tmp_path_factory.mktemp("stored"), files | POISON)


def test_what_is_stored_lands_as_what_lies_in_a_folder(
    environment: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    """A second time nothing is read; what is gone can be withdrawn; nothing is left of what was fetched."""
    put(environment, "all", folder)
    here, there = tmp_path / "here.duckdb", tmp_path / "there.duckdb"
    stored = Stored(f"{BUCKET}/all")
    first = ingest(here, folder, limits=LIMITS)
    second = ingest(there, stored, limits=LIMITS)
    assert (first.seen, first.landed, first.rejected) == (second.seen, second.landed, second.rejected) == (11, 6, 5)
    assert reasons(there) == reasons(here)
    assert reasons(there)["too/large.txt"] == "too_large"
    one, other = raw(here), raw(there)
    for table in one:
        if table != "rejects":  # of the size, the local file tells more
            assert one[table] == other[table], table
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"{name}.work.{ending}" for name in ("here", "there") for ending in ("duckdb", "lock")
    )

    again = ingest(there, stored, limits=LIMITS)
    assert (again.landed, again.unchanged) == (0, 7)
    remove(environment, "all/a b/报告 #1?.txt")
    assert ingest(there, stored, limits=LIMITS, mirror=True).withdrawn == 1
    assert rows(there, "select paths from raw.ingest_runs order by started_at desc limit 1") == [([str(stored)],)]


def test_a_file_by_its_address(environment: dict[str, str], folder: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    put(environment, "one", folder / "2013")
    published = tmp_path / "w.duckdb"
    done = gongkai("ingest", f"s3://{BUCKET}/one/2013-qiannan-zhou.html", published=published)
    assert done.returncode == 0, done.stderr
    local = gongkai("ingest", (folder / "2013").as_uri(), published=published)
    assert "0 documents landed, 1 known already" in local.stdout
    assert rows(published, "select source_file from raw.documents") == [("2013-qiannan-zhou.html",)]


def test_what_cannot_be_fetched_is_rejected(
    environment: dict[str, str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was there when the folder was listed."""
    put(environment, "gone", folder / "2013")
    put(environment, "gone", folder / "2017")
    find = storage.find_stored

    def find_and_lose(stored: Stored, _: list[Stored]) -> Iterator[storage.Found]:
        found = list(find(stored))
        remove(environment, "gone/2013-qiannan-zhou.html")
        yield from found

    monkeypatch.setattr("ingest.find.find_stored", find_and_lose)
    summary = ingest(tmp_path / "w.duckdb", Stored(f"{BUCKET}/gone"))
    assert (summary.landed, summary.rejected) == (1, 1)
    assert reasons(tmp_path / "w.duckdb") == {"2013-qiannan-zhou.html": "unreadable"}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"s3://{BUCKET}/nothing/here", "s3://reports/nothing/here: does not exist"),
        ("s3://no-such-bucket/x", "s3://no-such-bucket/x: does not exist"),
        ("s3://key:secret@reports/x", "keys and endpoint stand in the environment"),
        ("https://example.com/x.html", "https://example.com/x.html: is at no place that is read"),
        ("file://elsewhere/x", "file://elsewhere/x: names another machine"),
    ],
)
def test_an_address_that_is_none_is_told_in_a_line(
    environment: dict[str, str], gongkai: Gongkai, tmp_path: Path, address: str, told: str
) -> None:
    done = gongkai("ingest", address, published=tmp_path / "w.duckdb")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and told in done.stderr
    assert "secret" not in done.stderr


def test_paths_stay_paths() -> None:
    assert [source_of(text) for text in ("a/b", "file:///tmp/%E6%8A%A5%20x", "s3://reports/a/")] == [
        Path("a/b"),
        Path("/tmp/报 x"),
        Stored("reports/a"),
    ]
    with pytest.raises(UsageError):
        source_of("gs://reports/a")
