"""What Gongkai has not made it does not write over, and what of its own is lost or damaged it mends."""

from __future__ import annotations

import io
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from helpers.command import Gongkai, run_dbt
from helpers.raw import raw, report, rows, write

from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work
from ingest.errors import GongkaiError
from scripts.compare_marts import differences


def duckdb_of(statements: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute(statements)

    return make


def with_a_log(path: Path) -> None:
    """A database whose last table is in the log beside it."""
    code = f"import duckdb, os; c = duckdb.connect({str(path)!r}); c.execute('create table t (x int)'); os._exit(0)"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert path.with_name(f"{path.name}.wal").exists()


def sqlite(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (x)")
    connection.close()


def of(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


def newer_version(path: Path) -> None:
    duckdb_of(
        "create schema raw; create table raw.publication as select 'f' as fingerprint, '99.1.0' as software_version; "
        "create table raw.ingest_runs as select '99.1.0' as software_version"
    )(path)


def archive(path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a", "b")
    path.write_bytes(buffer.getvalue())


FOREIGN: dict[str, Callable[[Path], None]] = {
    "tables": duckdb_of("create table customers as select 1 as id"),
    "a log": with_a_log,
    "marts of others": duckdb_of("create schema marts; create table marts.dim_report as select 1 as x"),
    "a schema raw": duckdb_of("create schema raw; create table raw.documents as select 1 as x"),
    "views only": duckdb_of("create view v as select 1 as x"),
    "nothing in it": duckdb_of("create table t (x int); drop table t"),
    "a newer version": newer_version,
    "sqlite": sqlite,
    "text": of("我的笔记\n".encode() * 100),
    "zip": archive,
    "pdf": of(b"%PDF-1.7\n%%EOF\n"),
    "random bytes": of(bytes(range(256)) * 64),
    "empty": lambda path: path.touch(),
}


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "files", {f"{number}.txt": report(number) for number in range(3)})


@pytest.mark.parametrize("name", ["w.duckdb", "w.work.duckdb"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_that_is_not_ours_is_kept_byte_for_byte(tmp_path: Path, folder: Path, kind: str, name: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    FOREIGN[kind](home / name)
    before = kept(home)
    with pytest.raises(GongkaiError) as refused, open_work(Warehouse(home / "w.duckdb")):
        pass
    assert str(home / name) in str(refused.value)
    assert kept(home) == before


@pytest.mark.parametrize("command", [["run"], ["ingest"], ["build"], ["rebuild"], ["status"], ["export"]])
def test_each_command_refuses_in_one_line(tmp_path: Path, folder: Path, gongkai: Gongkai, command: list[str]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("w.duckdb", "w.work.duckdb"):
        with_a_log(home / name)
    before = kept(home)
    paths = [folder] if command[0] in {"run", "ingest"} else []
    done = gongkai(*command, *paths, published=home / "w.duckdb", cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "is a database that gongkai did not make" in done.stderr
    assert kept(home) == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *itertools.product(["w.work.lock", "w.work.new", "w.work.tmp"], ["file", "link", "folder"]),
        *itertools.product(["w.dbt"], ["file", "link"]),
    ],
)
def test_what_stands_in_the_place_of_a_private_file_is_kept(
    tmp_path: Path, folder: Path, gongkai: Gongkai, name: str, kind: str
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    write(elsewhere, {"notes": b"our notes"})
    home.mkdir()
    if kind == "file":
        (home / name).write_bytes(b"our notes, long ones")
    elif kind == "link":
        (home / name).symlink_to(elsewhere if name in {"w.work.tmp", "w.dbt"} else elsewhere / "notes")
    else:
        write(home / name, {"notes": b"our notes"})
    done = gongkai("run" if name == "w.dbt" else "ingest", folder, published=home / "w.duckdb")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "stands where a private file of the warehouse belongs" in done.stderr
    assert kept(elsewhere) == {"notes": b"our notes"} and not [each for each in elsewhere.iterdir() if each.is_dir()]
    if kind == "file":
        assert (home / name).read_bytes() == b"our notes, long ones"
    elif kind == "folder":
        assert (home / name / "notes").read_bytes() == b"our notes"
    else:
        assert (home / name).is_symlink()


def test_dbt_alone_opens_no_file_of_others(tmp_path: Path, parsed: Path) -> None:
    with_a_log(_folder(tmp_path / "home") / "w.work.duckdb")
    shutil.copytree(parsed, tmp_path / "target")
    for name, words in (("home", "is a database that gongkai did not make"), ("lost", "there is no work file")):
        before = kept(_folder(tmp_path / name))
        done = run_dbt(
            "run", "--select", "dim_level", target=tmp_path / "target", published=tmp_path / name / "w.duckdb"
        )
        assert done.returncode != 0
        assert words in done.stdout and "Traceback" not in done.stdout, done.stdout[-2000:]
        assert kept(tmp_path / name) == before


def _folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


def test_a_link_in_a_circle_is_named(tmp_path: Path, folder: Path, gongkai: Gongkai) -> None:
    circle = tmp_path / "w.duckdb"
    circle.symlink_to(circle)
    (folder / "round").symlink_to(folder / "round")
    done = gongkai("ingest", folder, published=circle)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "is a link in a circle" in done.stderr
    done = gongkai("ingest", folder, published=tmp_path / "v.duckdb")
    assert "rejected round: a link in a circle (unreadable)" in done.stdout
    done = gongkai("ingest", folder / "round", published=tmp_path / "v.duckdb")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "is a link in a circle" in done.stderr


def manifest(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "manifest.csv"
    path.write_bytes(data)
    return path


def test_what_is_wrong_with_a_manifest_is_one_line(tmp_path: Path, folder: Path, gongkai: Gongkai) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    wrong = [
        (pipe, "is a folder, pipe or device"),
        (tmp_path, "is a folder, pipe or device"),
        (circle, "is a link in a circle"),
        (manifest(tmp_path, b"path,url,path\na.txt,,b.txt\n"), "the column path stands twice"),
    ]
    for path, words in wrong:
        done = gongkai("ingest", folder, "--manifest", path, published=tmp_path / "w.duckdb")
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert words in done.stderr
    long = manifest(tmp_path, b'path,url\n"' + b"a" * 200_000 + b'",b\n')
    done = gongkai("ingest", folder, "--manifest", long, published=tmp_path / "w.duckdb")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "a field is longer than 131072 characters" in done.stderr


def work_of(published: Path) -> Path:
    return Warehouse(published).work


@pytest.fixture
def built(built_samples: Path, tmp_path: Path) -> Path:
    """A copy of the samples' warehouse, both files."""
    published = tmp_path / "home" / "gongkai.duckdb"
    published.parent.mkdir()
    for path in (built_samples, work_of(built_samples)):
        shutil.copy(path, published.parent / path.name)
    return published


def damage(path: Path, kind: str) -> None:
    data = path.read_bytes()
    if kind == "cut off":
        path.write_bytes(data[: len(data) // 2])
    elif kind == "emptied":
        path.write_bytes(b"")
    else:  # most blocks hold text, which is looked at only where a table is read
        block = 1 << 18
        broken = bytearray(data)
        for start in range(12_288 + 4 * block, len(data) - 4 * block, 3 * block):
            broken[start + 5_000 : start + 5_100] = bytes(100)
        path.write_bytes(broken)


def test_a_lost_work_file_comes_back_from_what_is_published(built: Path, folder: Path, gongkai: Gongkai) -> None:
    whole = raw(built)
    work_of(built).unlink()
    assert "is lost; make it anew from what is published: gongkai build" in gongkai("status", published=built).stderr
    done = gongkai("ingest", folder, published=built)
    assert done.returncode == 0, done.stderr
    documents = len(whole["documents"])
    assert f"was lost: {documents} documents taken over from what is published" in done.stdout
    assert rows(built, "select count(*) from raw.documents") == [(documents + 3,)]
    with open_work(Warehouse(built)) as connection:
        for table in ("documents", "document_sources", "blocks", "table_cells"):
            connection.execute(
                f"delete from raw.{table} where document_id not in (select unnest($known))",
                {"known": [row[0] for row in whole["documents"]]},
            )
    assert raw(built) == whole


def test_rebuilt_from_what_is_published_raw_and_marts_are_the_same(
    built: Path, built_samples: Path, gongkai: Gongkai
) -> None:
    damage(work_of(built), "cut off")
    for command in (["build"], ["status"], ["ingest", "samples/reports"]):
        done = gongkai(*command, published=built)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
        assert "is damaged" in done.stderr and "gongkai rebuild" in done.stderr
    done = gongkai("rebuild", published=built)
    assert done.returncode == 0, done.stderr
    assert raw(built) == raw(built_samples)
    assert list(differences(built_samples, built)) == []
    assert (built.parent / "gongkai.work.duckdb.damaged").exists()


@pytest.mark.parametrize("kind", ["cut off", "emptied", "broken within"])
def test_a_damaged_published_file_is_told_set_aside_and_made_anew(built: Path, gongkai: Gongkai, kind: str) -> None:
    damage(built, kind)
    broken = built.read_bytes()
    done = gongkai("export", "--to", built.parent / "exports", published=built)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "is damaged" in done.stderr and "gongkai rebuild" in done.stderr
    if kind == "broken within":
        return  # what follows is the same, and long
    done = gongkai("rebuild", published=built)
    assert done.returncode == 0, done.stderr
    assert (built.parent / "gongkai.duckdb.damaged").read_bytes() == broken
    assert gongkai("show", "2022-deqing-xian.html", published=built).returncode == 0


def test_where_nothing_can_be_read_the_originals_are_asked_for_and_taken(
    tmp_path: Path, folder: Path, gongkai: Gongkai
) -> None:
    published = tmp_path / "w.duckdb"
    assert gongkai("ingest", folder, published=published).returncode == 0
    whole = raw(published)
    damage(work_of(published), "cut off")
    done = gongkai("rebuild", published=published)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "gongkai rebuild FOLDER" in done.stderr
    done = gongkai("rebuild", folder, published=published)
    assert done.returncode == 0, done.stderr
    assert raw(published) == whole


def test_what_is_no_report_is_counted_named_and_shown(tmp_path: Path, gongkai: Gongkai) -> None:
    published = tmp_path / "w.duckdb"
    notice = "关于做好2017年度政府信息公开工作年度报告编制工作的通知\n\n各科室：请于一月底前报送材料。\n"
    files = {
        "通知.txt": notice.encode(),
        "半年.txt": "某局2016年上半年政府信息公开工作总结\n\n上半年主动公开信息12条。\n".encode(),
        "指南.txt": "办事指南\n\n请携带身份证到一号窗口办理。\n".encode(),
        "x.txt": b"",
    }
    done = gongkai("run", write(tmp_path / "files", files), published=published)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "0 current reports out of 3 documents" in lines
    at = lines.index("3 documents are not reports (gongkai show DOCUMENT says more of one):")
    assert lines[at + 1] == "  1 other, part_of_a_year, 1 of them with a report's title: 半年.txt"
    assert sorted(lines[at + 2 : at + 4]) == [
        "  1 other, guide_or_list: 指南.txt",
        "  1 other, request_to_report: 通知.txt",
    ]
    assert "\n".join(lines[at : at + 4]) in gongkai("status", published=published).stdout
    shown = gongkai("show", "指南.txt", published=published)
    assert shown.returncode == 0, shown.stderr
    assert "is no annual report" in shown.stdout and "taken for: other" in shown.stdout
    assert "请携带身份证到一号窗口办理。" in shown.stdout
    assert "x.txt was rejected" in gongkai("show", "x.txt", published=published).stdout
