"""`--keep` keeps what was read, each file by its content, once; without it nothing is kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

from helpers.command import Gongkai
from helpers.raw import report, rows, write, zip_file

from gongkai.warehouse import Warehouse


def kept(published: Path) -> dict[str, bytes]:
    folder = Warehouse(published).originals
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_and_members_of_archives_are_kept_by_content(gongkai: Gongkai, tmp_path: Path) -> None:
    published = tmp_path / "w" / "gongkai.duckdb"
    one, two = report(1), report(2)
    files = {"one.txt": one, "again.txt": one, "empty.txt": b"", "more.zip": zip_file({"two.txt": two})}
    folder = write(tmp_path / "in", files)
    assert gongkai("ingest", folder, published=published).returncode == 0
    assert kept(published) == {}
    for _ in range(2):  # what is known already is kept too, and a second time changes nothing
        assert gongkai("ingest", folder, "--keep", published=published).returncode == 0
        assert kept(published) == {hashlib.sha256(data).hexdigest(): data for data in (one, two)}


def test_what_is_kept_is_no_report_of_its_own(gongkai: Gongkai, tmp_path: Path) -> None:
    published = tmp_path / "gongkai.duckdb"
    write(tmp_path, {"one.txt": report()})
    for _ in range(2):
        assert gongkai("ingest", tmp_path, "--keep", published=published).returncode == 0
    assert rows(published, "select count(*) from raw.document_sources") == [(1,)]
