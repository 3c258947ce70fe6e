"""`gongkai forget`: by file, folder, path on disk or report; all names or none; undone by either name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from helpers.command import Gongkai
from helpers.contract import contract_warehouse
from helpers.raw import ingest, report, rows, write, zip_file

from gongkai.publishing import raw_fingerprint
from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = zip_file({"一.txt": report(4), "二.txt": report(5)})
    files = {"甲/一.txt": report(1), "甲/二.txt": report(2), "乙.txt": report(3), "丙.zip": archive}
    return write(tmp_path_factory.mktemp("forget") / "files", files)


@pytest.fixture(scope="module")
def landed(folder: Path) -> Path:
    """What stands in the folder, and three reports of which two documents are one version."""
    path = contract_warehouse(
        folder.parent / "w.duckdb", "alter table marts.dim_report add column same_as_report_id varchar"
    )
    ingest(path, folder)
    with open_work(Warehouse(path)) as connection:
        for number, file in enumerate(("甲/一.txt", "乙.txt", "甲/二.txt"), start=1):
            connection.execute(
                "update marts.dim_report set source_file = $2, document_id = "
                "(select document_id from raw.documents where source_file = $2) where report_id = $1",
                [f"000000000000000{number}", file],
            )
        connection.execute(
            "update marts.dim_report set same_as_report_id = '0000000000000001' where report_id = '0000000000000002'"
        )
    return path


@pytest.fixture
def published(landed: Path, tmp_path: Path) -> Path:
    """A copy of what landed, for a test to forget some of."""
    for path in (landed, Warehouse(landed).work):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / landed.name


def gone(published: Path) -> list[str]:
    """Places and documents that are forgotten."""
    places = rows(
        published,
        "select source_file || if(archive_member = '', '', '!' || archive_member) from raw.document_sources "
        "where withdrawn_by = 'forget' union all "
        "select 'report ' || source_file from raw.documents where forgotten_at is not null",
    )
    return sorted(name for (name,) in places)


@pytest.mark.parametrize(
    ("name", "forgotten"),
    [
        ("乙.txt", ["乙.txt"]),
        ("甲", ["甲/一.txt", "甲/二.txt"]),
        ("./甲/", ["甲/一.txt", "甲/二.txt"]),
        ("丙.zip", ["丙.zip!一.txt", "丙.zip!二.txt"]),
        ("丙.zip!一.txt", ["丙.zip!一.txt"]),
        ("0000000000000003", ["report 甲/二.txt"]),
        ("0000000000000001", ["report 乙.txt", "report 甲/一.txt"]),
        ("0000000000000002", ["report 乙.txt", "report 甲/一.txt"]),
    ],
)
def test_a_name_stands_for_a_file_a_folder_or_a_report_in_all_its_documents(
    gongkai: Gongkai, published: Path, name: str, forgotten: list[str]
) -> None:
    before = raw_fingerprint(Warehouse(published))
    done = gongkai("forget", name, published=published)
    assert (done.returncode, done.stderr) == (0, "")
    assert gone(published) == forgotten
    assert raw_fingerprint(Warehouse(published)) != before, "the next build must see it"
    assert all(f"forgotten: {each.removeprefix('report ')}" in done.stdout for each in forgotten)
    assert gongkai("forget", "--undo", name, published=published).returncode == 0
    assert gone(published) == []
    assert raw_fingerprint(Warehouse(published)) == before


def test_a_path_on_disk_names_the_file_and_what_is_met_again_stays_forgotten(
    gongkai: Gongkai, published: Path, folder: Path
) -> None:
    assert gongkai("forget", folder / "甲" / "一.txt", "0000000000000003", published=published).returncode == 0
    ingest(published, folder)
    assert gone(published) == ["report 甲/二.txt", "甲/一.txt"]
    (folder / "甲" / "一.txt").write_bytes(report(9))
    ingest(published, folder)
    assert rows(published, "select count(*) from raw.document_sources where withdrawn_at is null") == [(5,)]


def test_what_was_forgotten_by_one_name_is_known_again_by_the_other(gongkai: Gongkai, published: Path) -> None:
    gongkai("forget", "甲/一.txt", published=published)
    gongkai("forget", "--undo", "0000000000000001", published=published)
    assert gone(published) == []
    gongkai("forget", "0000000000000003", published=published)
    gongkai("forget", "--undo", "甲", published=published)
    assert gone(published) == []


@pytest.mark.parametrize(
    ("names", "told"),
    [(("甲/三.txt",), "no file and no report is called 甲/三.txt"), (("乙.txt", "nothing"), "is called nothing"),
     (("000000000000000",), "begins 3 ids")],
)  # fmt: skip
def test_an_unknown_name_is_one_line_and_nothing_is_forgotten(
    gongkai: Gongkai, published: Path, names: tuple[str, ...], told: str
) -> None:
    done = gongkai("forget", *names, published=published)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert told in done.stderr
    assert gone(published) == []


def test_before_anything_is_ingested(gongkai: Gongkai, tmp_path: Path) -> None:
    done = gongkai("forget", "a.txt", published=tmp_path / "none.duckdb")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "there is no warehouse" in done.stderr
    assert list(tmp_path.iterdir()) == []
