"""`--mirror`: what is no longer in a folder is withdrawn, and nothing else is, whatever went wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.raw import ingest, raw, reasons, report, rows, write, zip_file

from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work
from ingest import withdrawing
from ingest.errors import GongkaiError
from ingest.limits import Limits


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "gongkai.duckdb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archive = zip_file({"a.txt": report(3), "b.txt": report(4)})
    return write(tmp_path / "files", {"甲/一.txt": report(1), "乙.txt": report(2), "丙.zip": archive})


def withdrawn(published: Path) -> list[str]:
    found = rows(
        published, "select source_file, archive_member from raw.document_sources where withdrawn_at is not null"
    )
    return sorted(f"{file}!{member}" if member else file for file, member in found)


def test_what_is_gone_is_withdrawn_and_kept_and_comes_back(published: Path, folder: Path) -> None:
    ingest(published, folder)
    before = raw(published)
    aside = folder.with_name("aside.txt")
    (folder / "乙.txt").rename(aside)
    assert ingest(published, folder).withdrawn == 0, "only a mirror withdraws"
    assert withdrawn(published) == []
    assert ingest(published, folder, mirror=True).withdrawn == 1
    assert withdrawn(published) == ["乙.txt"]
    assert ingest(published, folder, mirror=True).withdrawn == 0, "it is gone once"
    assert {name: raw(published)[name] for name in ("documents", "blocks", "table_cells")} == {
        name: before[name] for name in ("documents", "blocks", "table_cells")
    }
    aside.rename(folder / "乙.txt")
    ingest(published, folder)
    assert withdrawn(published) == []
    assert raw(published) == before


def test_other_content_at_a_place_withdraws_what_stood_there(published: Path, folder: Path) -> None:
    ingest(published, folder)
    write(folder, {"乙.txt": report(9), "丙.zip": zip_file({"b.txt": report(4)})})
    assert ingest(published, folder, mirror=True).withdrawn == 2
    assert withdrawn(published) == ["丙.zip!a.txt", "乙.txt"]
    assert rows(published, "select count(*) from raw.document_sources where source_file = '乙.txt'") == [(2,)]


def unreadable_archive(folder: Path) -> None:
    (folder / "丙.zip").write_bytes(zip_file({"a.txt": report(3)})[:60])


def nothing(_: Path) -> None: ...


@pytest.mark.parametrize(
    ("spoil", "options"),
    [(unreadable_archive, {}), (nothing, {"limits": Limits.parse(["bytes=10"])})],
    ids=["an archive that is damaged now", "limits that nothing passes"],
)
def test_what_cannot_be_read_this_time_is_not_gone(
    published: Path, folder: Path, spoil: Callable[[Path], None], options: dict[str, Limits]
) -> None:
    ingest(published, folder)
    spoil(folder)
    if options:  # known documents are not read again: make them unknown to this run
        write(folder, {"乙.txt": report(12), "甲/一.txt": report(11), "丙.zip": zip_file({"a.txt": report(13)})})
    assert ingest(published, folder, mirror=True, **options).withdrawn == 0
    assert reasons(published)
    assert withdrawn(published) == []


def test_a_folder_without_a_file_withdraws_nothing(published: Path, folder: Path) -> None:
    """It is rather a disk that is not mounted."""
    ingest(published, folder)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    with pytest.raises(GongkaiError, match="nothing to read"):
        ingest(published, folder, mirror=True)
    assert withdrawn(published) == []


def test_what_was_met_in_other_folders_stays(published: Path, folder: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"乙.txt": report(21), "丁.txt": report(22)})
    ingest(published, other)
    ingest(published, folder)
    (folder / "乙.txt").unlink()
    ingest(published, folder, mirror=True)
    assert withdrawn(published) == ["乙.txt"]
    assert rows(published, "select count(*) from raw.document_sources where withdrawn_at is null") == [(5,)]
    (other / "丁.txt").unlink()
    (folder / "甲/一.txt").unlink()
    assert ingest(published, folder, other, mirror=True).withdrawn == 2


def test_single_files_of_a_folder_are_of_it(published: Path, folder: Path) -> None:
    ingest(published, folder)
    ingest(published, folder / "乙.txt")
    (folder / "乙.txt").unlink()
    assert ingest(published, folder, mirror=True).withdrawn == 1


def test_a_mirror_takes_back_its_own_and_a_person_what_a_person_forgot(published: Path, folder: Path) -> None:
    ingest(published, folder)
    when = rows(published, "select max(started_at) from raw.ingest_runs")[0][0]
    document = rows(published, "select document_id from raw.documents where source_file = '甲/一.txt'")[0][0]
    with open_work(Warehouse(published)) as connection:
        withdrawing.forget(connection, when, places=[("乙.txt", "")], documents=[document])
    ingest(published, folder, mirror=True)
    assert withdrawn(published) == ["乙.txt"]
    assert rows(published, "select source_file from raw.documents where forgotten_at is not null") == [("甲/一.txt",)]
    with open_work(Warehouse(published)) as connection:
        withdrawing.recall(connection, places=[("乙.txt", ""), ("甲/一.txt", "")], documents=[])
    assert withdrawn(published) == []
    assert rows(published, "select count(*) from raw.documents where forgotten_at is not null") == [(0,)]
