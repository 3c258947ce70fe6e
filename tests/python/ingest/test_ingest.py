"""Ingest lands whole documents once, keeps first and last sight of them apart, and lets a manifest win."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from helpers.raw import ingest, raw, reasons, report, rows, write

from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work
from ingest.errors import GongkaiError, UsageError
from ingest.manifest import read_manifest
from ingest.readers import txt


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "gongkai.duckdb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(
        tmp_path / "files", {"甲/一.txt": report(1), "甲/二.txt": report(2), "乙.html": b"<html><p>" + report(3)}
    )


def test_documents_land_whole_with_their_path_and_kind(published: Path, folder: Path) -> None:
    summary = ingest(published, folder)
    assert (summary.seen, summary.landed, summary.rejected) == (3, 3, 0)
    found = rows(published, "select source_file, archive_member, reader, media_type from raw.documents order by all")
    assert found == [
        ("乙.html", "", "html", "text/html"),
        ("甲/一.txt", "", "txt", "text/plain"),
        ("甲/二.txt", "", "txt", "text/plain"),
    ]
    assert rows(
        published,
        "select count(*) from raw.documents as d where char_count <> (select sum(length(text)) from raw.blocks "
        "where document_id = d.document_id)",
    ) == [(0,)]
    assert rows(published, "select seen_count, landed_count, finished_at is null from raw.ingest_runs") == [
        (3, 3, False)
    ]


def test_reading_again_changes_only_last_seen(published: Path, folder: Path) -> None:
    ingest(published, folder)
    before, times = raw(published), rows(published, "select first_seen_at, last_seen_at from raw.documents")
    summary = ingest(published, folder)
    assert (summary.landed, summary.unchanged) == (0, 3)
    assert raw(published) == before
    after = rows(published, "select first_seen_at, last_seen_at from raw.documents")
    assert {first for first, _ in after} == {first for first, _ in times}
    assert min(last for _, last in after) > max(last for _, last in times)


def test_the_same_bytes_are_one_document_named_after_the_first(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {name: report() for name in ("c.txt", "b/x.txt", "d.md")})
    summary = ingest(published, folder)
    assert (summary.landed, summary.unchanged) == (1, 2)
    assert rows(published, "select source_file from raw.documents") == [("b/x.txt",)]
    assert len(rows(published, "select * from raw.document_sources")) == 3
    (folder / "b/x.txt").unlink()
    ingest(published, folder)
    assert rows(published, "select source_file from raw.documents") == [("c.txt",)]


def test_a_new_name_is_a_change_to_the_document(published: Path, folder: Path) -> None:
    ingest(published, folder)
    before = dict(rows(published, "select document_id, content_version from raw.documents"))
    (folder / "乙.html").rename(folder / "丙.html")
    ingest(published, folder)
    changed = [
        name
        for name, document_id, version in rows(
            published, "select source_file, document_id, content_version from raw.documents"
        )
        if before[document_id] != version
    ]
    assert changed == ["丙.html"]


def test_a_new_reader_version_reads_its_files_again(
    published: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(published, folder)
    first_seen = rows(published, "select document_id, first_seen_at from raw.documents order by all")
    before = raw(published)
    with open_work(Warehouse(published)) as connection:
        # as if the files had been read by an older version of the reader, which made something else of them
        connection.execute("update raw.documents set reader_version = '0' where reader = 'txt'")
        connection.execute("update raw.blocks set text = 'older'")
    summary = ingest(published, folder)
    assert (summary.landed, summary.unchanged) == (2, 1)
    texts = rows(published, "select reader, text from raw.blocks join raw.documents using (document_id)")
    assert {reader for reader, text in texts if text == "older"} == {"html"}
    assert raw(published)["documents"] == before["documents"]
    assert rows(published, "select document_id, first_seen_at from raw.documents order by all") == first_seen
    assert txt.VERSION in rows(published, "select reader_version from raw.documents where reader = 'txt'")[0][0]


def test_the_reject_of_a_file_that_is_fixed_disappears(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"a.txt": b"", "b.txt": report(), "c.pdf": b"not a pdf"})
    summary = ingest(published, folder)
    assert summary.rejected == 2
    assert reasons(published) == {"a.txt": "empty_file", "c.pdf": "wrong_type"}
    (folder / "a.txt").write_bytes(report(9))
    ingest(published, folder)
    assert reasons(published) == {"c.pdf": "wrong_type"}


def test_the_number_of_processes_changes_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {f"{n % 7}/{n}.txt": report(n // 2) for n in range(60)})
    warehouses = [tmp_path / f"{workers}.duckdb" for workers in (1, 2, 3)]
    for workers, published in enumerate(warehouses, start=1):
        ingest(published, folder, workers=workers)
    assert raw(warehouses[0]) == raw(warehouses[1]) == raw(warehouses[2])


def manifest(tmp_path: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / "manifest.csv"
    path.write_bytes(text.encode(encoding))
    return path


MANIFEST = "path,url,agency,year,published_on\n甲/一.txt,http://example.org/1,某县水利局,2016,2017-01-20\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_manifest_values_land_beside_the_document(published: Path, folder: Path, tmp_path: Path, encoding: str) -> None:
    ingest(published, folder, manifest=read_manifest(manifest(tmp_path, MANIFEST, encoding)))
    found = rows(published, "select * from (select columns('manifest_.*') from raw.documents) order by all")
    assert [tuple(map(str, row)) for row in found] == [
        ("http://example.org/1", "某县水利局", "2016", "2017-01-20"),
        ("None",) * 4,
        ("None",) * 4,
    ]


def test_a_manifest_given_later_changes_its_document_and_no_other(
    published: Path, folder: Path, tmp_path: Path
) -> None:
    ingest(published, folder)
    before = dict(rows(published, "select source_file, content_version from raw.documents"))
    given = read_manifest(manifest(tmp_path, MANIFEST))
    assert ingest(published, folder, manifest=given).landed == 0
    after = dict(rows(published, "select source_file, content_version from raw.documents"))
    assert [name for name in after if after[name] != before[name]] == ["甲/一.txt"]
    ingest(published, folder)
    assert dict(rows(published, "select source_file, content_version from raw.documents")) == after
    assert rows(published, "select manifest_year from raw.documents where manifest_year is not null") == [(2016,)]


def test_manifest_rows_that_name_nothing_are_told(published: Path, folder: Path, tmp_path: Path) -> None:
    given = read_manifest(manifest(tmp_path, MANIFEST + "丁.txt,,,2016,\n"))
    assert ingest(published, folder, manifest=given).manifest_rows_not_met == ["丁.txt"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("url,agency\nx,y\n", "no column path"),
        ("path,jahr\na,1\n", "'jahr'"),
        ("path,year\na.txt,16\n", "line 2"),
        ("path,published_on\na.txt,2017-02-30\n", "2017-02-30"),
        ("path,year\n\na.txt,2016\na.txt,2017\n", "twice"),
        ("path,year\n,2016\n", "empty"),
        ("path,year\na.txt\n", "2 fields"),
    ],
)
def test_a_manifest_that_is_wrong_is_told_by_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_manifest(manifest(tmp_path, text))


def test_links_out_of_the_folder_are_not_followed(published: Path, tmp_path: Path) -> None:
    secret = write(tmp_path / "elsewhere", {"secret.txt": report(7)})
    folder = write(tmp_path / "files", {"a/real.txt": report(1)})
    (folder / "out.txt").symlink_to(secret / "secret.txt")
    (folder / "outfolder").symlink_to(secret)
    (folder / "loop").symlink_to(folder)
    (folder / "in.txt").symlink_to(folder / "a/real.txt")
    (folder / "nothing").symlink_to(folder / "gone")
    os.mkfifo(folder / "pipe")
    ingest(published, folder)
    assert [row[0] for row in rows(published, "select source_file from raw.document_sources order by all")] == [
        "a/real.txt",
        "in.txt",
    ]
    assert reasons(published) == {
        "nothing": "unreadable",
        "out.txt": "outside_folder",
        "outfolder": "outside_folder",
        "pipe": "not_a_file",
    }


def test_folders_in_folders_without_end(published: Path, tmp_path: Path) -> None:
    folders = [write(tmp_path / "files", {"a.txt": report(1)})]
    while len(str(folders[-1])) < 4_000:
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    (folders[-1] / "deep.txt").write_bytes(report(2))
    assert len(folders) > 1_500
    assert ingest(published, folders[0]).landed == 2
    (folders[-1] / "deep.txt").unlink()
    for folder in reversed(folders[1:]):
        folder.rmdir()


def test_names_that_are_not_utf8_are_kept_readable(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + "/报告.txt".encode("gb18030"))).write_bytes(report())
    ingest(published, folder)
    assert rows(published, "select source_file from raw.documents") == [("报告.txt",)]


def test_the_warehouse_inside_the_folder_is_not_read(tmp_path: Path) -> None:
    left = {"gongkai.dbt/logs/dbt.log": b"a log", "gongkai.publishing-7.duckdb": b"half a warehouse"}
    folder = write(tmp_path / "files", {"a.txt": report()} | left)
    for _ in range(2):
        summary = ingest(folder / "gongkai.duckdb", folder)
    assert (summary.seen, summary.rejected) == (1, 0)


def test_a_work_file_from_before_a_column_was_added_gets_it(published: Path, folder: Path) -> None:
    ingest(published, folder)
    with open_work(Warehouse(published)) as connection:
        connection.execute("alter table raw.ingest_runs drop column software_version")
    ingest(published, folder)
    assert len(rows(published, "select software_version from raw.ingest_runs")) == 2


def test_a_work_file_that_is_none_is_told(published: Path, folder: Path) -> None:
    published.parent.mkdir()
    Warehouse(published).work.write_bytes(b"no database" * 1000)
    with pytest.raises(GongkaiError, match="is no database, not a file that gongkai made"):
        ingest(published, folder)
