"""A lake holds raw as Parquet: written whole or not at all, not read again, and the same warehouse comes out of it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from helpers.command import ROOT, Gongkai
from helpers.marts import different, shape
from helpers.raw import ingest, raw, report, rows, write, zip_file
from helpers.storage import BUCKET, put

from gongkai import lake as lakes
from gongkai.ingesting import take_from_lake
from gongkai.lake.place import MARK, Place
from gongkai.warehouse import Warehouse
from ingest.documents.raw import RAW_TABLES
from ingest.errors import GongkaiError, UsageError
from ingest.manifest import read_manifest
from ingest.storage import Stored

SAMPLES = ROOT / "samples" / "reports"
COUNT = 50


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Small reports, an archive, the same bytes twice, and what is rejected."""
    files = {f"{number:02}.txt": report(number) for number in range(COUNT)}
    files |= {"again/00.txt": report(0), "empty.txt": b"", "archive.zip": zip_file({"a.txt": report(90), "b.txt": b""})}
    files |= {"table.html": (SAMPLES / "2013-qiannan-zhou.html").read_bytes()}
    return write(tmp_path / "files", files)


def in_lake(lake: Path, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    """What an engine that knows nothing of Gongkai reads there."""
    files = f"read_parquet('{lake}/raw/{table}/**/*.parquet', hive_partitioning = false)"
    return duckdb.sql(f"select {columns} from {files} order by all").fetchall()


def files_of(lake: Path) -> dict[str, int]:
    """Files below a lake, each with what changes when it is written again."""
    return {str(path.relative_to(lake)): path.stat().st_ino for path in lake.rglob("*") if path.is_file()}


def take(published: Path, lake: Path | Stored) -> int:
    return take_from_lake(Warehouse(published), lake)


def holds_all_of(lake: Path, published: Path) -> None:
    """Every row of raw, with its types, and no other; times are those of when it was written."""
    for table, columns in RAW_TABLES.items():
        times = {name for name, kind in columns.items() if kind.startswith("timestamp")}
        kept = ", ".join(name for name in columns if name not in times)
        assert in_lake(lake, table, kept) == rows(published, f"select {kept} from raw.{table} order by all"), table
        files = f"read_parquet('{lake}/raw/{table}/**/*.parquet', hive_partitioning = false)"
        types = {name: kind for name, kind, *_ in duckdb.sql(f"describe from {files}").fetchall()}
        assert types == {name: kind.removesuffix(" not null").upper() for name, kind in columns.items()}


def test_a_lake_holds_raw_and_a_warehouse_comes_out_of_it(folder: Path, tmp_path: Path) -> None:
    lake, one, other = tmp_path / "lake", tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    summary = ingest(one, folder, lake=lake)
    assert (summary.landed, summary.rejected) == (COUNT + 2, 2)
    holds_all_of(lake, one)
    files = files_of(lake)
    assert take(other, lake) == COUNT + 2
    assert raw(other) == raw(one)
    assert files_of(lake).keys() == files.keys()
    again = ingest(other, folder, lake=lake, mirror=True)
    assert (again.landed, again.rejected, again.withdrawn) == (0, 2, 0)
    (folder / "01.txt").unlink()
    assert ingest(other, folder, lake=lake, mirror=True).withdrawn == 1
    holds_all_of(lake, other)
    assert not list(tmp_path.glob("*.tmp")), "nothing is left aside"


def test_what_was_written_of_it_already_is_not_written_again(folder: Path, tmp_path: Path) -> None:
    """A batch written twice is the same file; a few documents more make few files."""
    lake = tmp_path / "lake"
    ingest(tmp_path / "one.duckdb", folder, lake=lake)
    files = files_of(lake)
    chunks = {name for name in files if "share=" in name}
    ingest(tmp_path / "one.duckdb", folder, lake=lake)
    assert {name: files_of(lake).get(name) for name in chunks} == {name: files[name] for name in chunks}
    other = tmp_path / "other"
    ingest(tmp_path / "two.duckdb", folder, lake=other)
    assert files_of(other).keys() == files.keys()
    for number in range(6):
        write(folder, {f"more/{number}.txt": report(100 + number)})
        ingest(tmp_path / "one.duckdb", folder, lake=lake)
    holds_all_of(lake, tmp_path / "one.duckdb")
    shares = {Path(name).parent.name for name in files_of(lake) if "documents/share=" in name}
    assert len([name for name in files_of(lake) if "documents/share=" in name]) <= len(shares) + 6


def test_a_run_that_was_stopped_goes_on_where_the_lake_is(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on another machine, which has nothing but the lake."""
    monkeypatch.setattr(lakes, "_WAITING", 10)
    monkeypatch.setattr("ingest.landing._BATCH_DOCUMENTS", 5)
    lake, here, there = tmp_path / "lake", tmp_path / "here.duckdb", tmp_path / "there.duckdb"
    written: list[int] = []

    def stop(summary: Any) -> None:
        if summary.landed > 30:
            written.append(len(in_lake(lake, "documents")))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(here, folder, lake=lake, on_progress=stop)
    assert 10 <= written[0] <= 30, "it was written while others were read"
    known = len(in_lake(lake, "documents"))
    assert 30 < known < COUNT
    read: list[int] = []
    summary = ingest(there, folder, lake=lake, on_taken=read.append)
    assert read == [known]
    assert summary.landed == COUNT + 2 - known
    holds_all_of(lake, there)
    ingest(tmp_path / "plain.duckdb", folder)
    assert raw(there) == raw(tmp_path / "plain.duckdb")


def test_a_chunk_that_was_not_written_to_its_end_does_not_count(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file a run was ended at, nothing is lost or there twice when it goes on."""
    lake, published = tmp_path / "lake", tmp_path / "w.duckdb"
    ingest(published, folder, lake=lake)
    ended = []
    monkeypatch.setattr(lakes, "_MOST", 20)  # several parts, one after the other
    for after in range(16):
        with duckdb.connect(str(Warehouse(published).work)) as connection:
            connection.execute(
                "update raw.documents set content_version = ? "
                "where document_id in (select document_id from raw.documents order by all limit 3)",
                [f"made after {after}"],
            )
        left = [after]

        def endure(call: Any, left: list[int] = left) -> Any:
            def counted(*given: Any) -> None:
                left[0] -= 1
                if left[0] < 0:
                    raise KeyboardInterrupt
                call(*given)

            return counted

        with monkeypatch.context() as patched:
            for name in ("put", "remove"):
                patched.setattr(Place, name, endure(getattr(Place, name)))
            try:
                take(published, lake)
            except KeyboardInterrupt:
                ended.append(after)
        there = {document for (document,) in in_lake(lake, "documents", "document_id")}
        assert len(there) == COUNT + 2, "nothing is removed before it is written elsewhere"
        if after % 2:  # else it is ended once more before
            take(published, lake)
            holds_all_of(lake, published)
    assert len(ended) > 8


def test_half_a_file_is_never_seen(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = tmp_path / "lake"

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        ingest(tmp_path / "w.duckdb", folder / "01.txt", lake=lake)
        patched.setattr(os, "fsync", full)
        with pytest.raises(GongkaiError, match=r"--lake .*: cannot be written \(No space left on device\)"):
            ingest(tmp_path / "w.duckdb", folder, lake=lake)
    assert len(in_lake(lake, "documents")) == 1
    assert list(lake.rglob("*.new"))
    ingest(tmp_path / "w.duckdb", folder, lake=lake)
    assert not list(lake.rglob("*.new"))
    holds_all_of(lake, tmp_path / "w.duckdb")


def test_what_became_of_a_document_comes_into_the_lake(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of its reader, what a manifest says of it, another place, a withdrawal."""
    lake, published = tmp_path / "lake", tmp_path / "w.duckdb"
    ingest(published, folder, lake=lake)
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("path,url,agency,year,published_on\n05.txt,,某局,2016,2017-03-01\n", "utf-8")
    (folder / "06.txt").rename(folder / "60.txt")
    ingest(published, folder, lake=lake, manifest=read_manifest(manifest), mirror=True)
    assert in_lake(lake, "documents", "manifest_published_on").count((date(2017, 3, 1),)) == 1
    holds_all_of(lake, published)
    with duckdb.connect(str(Warehouse(published).work)) as connection:
        connection.execute("update raw.documents set reader_version = 'old', content_version = 'old'")
    take(published, lake)
    assert {version for (version,) in in_lake(lake, "documents", "reader_version")} == {"old"}
    other = tmp_path / "other.duckdb"
    assert take(other, lake) == COUNT + 2
    assert ingest(other, folder, lake=lake).landed == COUNT + 2, "an old reading is not a reading of today"
    holds_all_of(lake, other)


def test_what_lies_there_and_is_none_of_ours_is_left_alone(folder: Path, tmp_path: Path) -> None:
    mine = write(tmp_path / "mine", {"notes.txt": b"mine"})
    with pytest.raises(UsageError, match="other files lie there; name a new or empty folder"):
        ingest(tmp_path / "w.duckdb", folder, lake=mine)
    assert [path.name for path in mine.rglob("*")] == ["notes.txt"]

    lake = tmp_path / "lake"
    ingest(tmp_path / "w.duckdb", folder, lake=lake)
    write(lake, {"raw/blocks/share=1/mine.parquet": b"mine", "notes.txt": b"mine"})
    ingest(tmp_path / "w.duckdb", folder, lake=lake)
    assert (lake / "raw/blocks/share=1/mine.parquet").read_bytes() == (lake / "notes.txt").read_bytes() == b"mine"

    (lake / MARK).write_text("form 9", "utf-8")
    with pytest.raises(GongkaiError, match="another version of gongkai wrote it"):
        take(tmp_path / "w.duckdb", lake)


def test_without_paths_and_without_a_lake_nothing_is_made(folder: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    """A name with a slip is told; where there is a warehouse, it begins a lake of what that holds."""
    done = gongkai("run", "--lake", tmp_path / "lkae", published=tmp_path / "one.duckdb")
    assert done.returncode == 2
    assert "no lake is there; name the folder of one, or files to read" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {folder.name}
    ingest(tmp_path / "one.duckdb", folder)
    assert take(tmp_path / "one.duckdb", tmp_path / "lake") == 0
    holds_all_of(tmp_path / "lake", tmp_path / "one.duckdb")


def test_a_link_leads_nowhere_out_of_it(folder: Path, tmp_path: Path) -> None:
    lake, outside = tmp_path / "lake", tmp_path / "outside"
    outside.mkdir()
    Place(lake)
    (lake / "raw").mkdir()
    (lake / "raw" / "blocks").symlink_to(outside)
    with pytest.raises(GongkaiError, match="a link leads out of the lake"):
        ingest(tmp_path / "w.duckdb", folder, lake=lake)
    assert not list(outside.iterdir())


def test_a_file_that_was_lost_is_told(folder: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    ingest(tmp_path / "w.duckdb", folder, lake=lake)
    next((lake / "raw" / "table_cells").rglob("*.parquet")).unlink()
    with pytest.raises(GongkaiError, match=r"raw/table_cells/share=\d+/\w+.parquet is gone"):
        take(tmp_path / "other.duckdb", lake)


def test_a_lake_in_object_storage_and_among_the_files_that_are_read(
    environment: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    """The lake is no report."""
    here = tmp_path / "here.duckdb"
    ingest(here, folder, lake=folder / "lake")
    ingest(here, folder, lake=folder / "lake")
    put(environment, "files", folder)
    stored, lake = Stored(f"{BUCKET}/files"), Stored(f"{BUCKET}/files/lake")
    one, other = tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    assert ingest(one, stored, lake=lake).landed == 0, "all of it was put there"
    write(folder, {"61.txt": report(61)})
    put(environment, "files", folder)
    ingest(here, folder, lake=folder / "lake")
    assert ingest(one, stored, lake=lake).landed == 1
    assert take(other, lake) == COUNT + 3
    assert raw(one) == raw(other) == raw(here)
    with pytest.raises(GongkaiError, match=r"--lake s3://nowhere/lake: cannot be"):
        take(other, Stored("nowhere/lake"))


def test_marts_are_those_of_a_warehouse_without_one(built_samples: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    """Written beside a run, and read back by another that is given no files."""
    lake, one, other = tmp_path / "lake", tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    done = gongkai("ingest", SAMPLES, "--lake", lake, published=one)
    assert done.returncode == 0, done.stderr
    done = gongkai("run", "--lake", lake, published=other)
    assert done.returncode == 0, done.stderr
    assert f"18 documents taken over from {lake}" in done.stdout
    assert shape(other) == shape(built_samples)
    assert different(other, built_samples) == {}
    done = gongkai("run", published=other)
    assert (done.returncode, "nothing to read is named" in done.stderr) == (2, True)
