"""A run that is killed at any moment leaves whole documents only, and the same command completes it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, gongkai_environment, run_gongkai
from raw_helper import raw, report, rows, write
from test_archives import zip_file

from gongkai.warehouse import Warehouse

TABLE = "# 报告{0}\n\n| 项目 | 数量 |\n|---|---|\n| 新收 | {0} |\n"
KILLS = int(os.environ.get("GONGKAI_KILLS", "5"))


def files() -> dict[str, bytes]:
    """Some batches of documents, some bytes twice, an archive, and files that are rejected."""
    many = {f"{number % 10}/{number}.txt": report(number) for number in range(900)}
    tables = {f"t/{number}.md": TABLE.format(number).encode() for number in range(300)}
    twice = {f"twice/{number}.txt": report(number * 7) for number in range(100)}
    bad = {f"bad/{number}.txt": b"" if number % 2 else bytes(number + 1) for number in range(50)}
    archive = zip_file({f"{number}.txt": report(5_000 + number) for number in range(200)} | {"empty.txt": b""})
    return many | tables | twice | bad | {"archive.zip": archive}


def start(folder: Path, published: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "gongkai.cli", "ingest", str(folder)],
        env=gongkai_environment(published),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def assert_only_whole_documents(published: Path) -> None:
    """Each document has all its text, a place where it was met, and a version; nothing is without its document."""
    broken = rows(
        published,
        """
        with parts as (
            select document_id, text from raw.blocks
            union all
            select document_id, text from raw.table_cells
        ),

        texts as (
            select document_id, sum(length(text)) as char_count
            from parts
            group by all
        )

        select coalesce(documents.document_id, texts.document_id)
        from raw.documents as documents
        full join texts using (document_id)
        where documents.char_count is distinct from texts.char_count
            or documents.content_version = ''
            or documents.document_id not in (select document_id from raw.document_sources)
        """,
    )
    assert broken == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("kill") / "files", files())


@pytest.fixture(scope="module")
def undisturbed(folder: Path) -> tuple[Path, float]:
    """A warehouse that nobody disturbed, and how long its run took."""
    published = folder.parent / "undisturbed.duckdb"
    begun = time.monotonic()
    run = start(folder, published)
    assert run.wait() == 0, run.stderr.read() if run.stderr else ""
    return published, time.monotonic() - begun


@pytest.mark.parametrize("fresh", [True, False], ids=["from nothing each time", "on and on"])
def test_a_killed_run_is_completed_by_running_again(
    folder: Path, undisturbed: tuple[Path, float], tmp_path: Path, fresh: bool
) -> None:
    whole, seconds = undisturbed
    moments = random.Random(20261120 + fresh)
    published = tmp_path / "killed.duckdb"
    landed = []
    for number in range(KILLS):
        if fresh:
            shutil.rmtree(tmp_path)
            tmp_path.mkdir()
        run = start(folder, published)
        time.sleep(seconds * (number + moments.random()) / KILLS)
        run.kill()
        run.wait()
        if Warehouse(published).work.exists():
            assert_only_whole_documents(published)
            landed.append(rows(published, "select count(*) from raw.documents")[0][0])
    last = start(folder, published)
    assert last.wait() == 0, last.stderr.read() if last.stderr else ""
    assert raw(published) == raw(whole)
    assert landed, "every run was killed before it began; the moments are wrong"
    leftovers = {path.name for path in tmp_path.iterdir()}
    assert leftovers <= {"killed.work.duckdb", "killed.work.lock"}


def marts(published: Path) -> dict[str, list[tuple[object, ...]]]:
    """All marts but their times, in a fixed order."""
    with duckdb.connect(str(published), read_only=True) as connection:
        columns = connection.execute(
            """
            select table_name, string_agg('"' || column_name || '"', ', ' order by column_index)
            from duckdb_columns()
            where schema_name = 'marts' and not starts_with(data_type, 'TIMESTAMP')
            group by table_name
            """
        ).fetchall()
        return {
            table: connection.execute(f"select {kept} from marts.{table} order by all").fetchall()
            for table, kept in columns
        }


def test_marts_built_after_kills_are_those_of_an_undisturbed_run(built_samples: Path, tmp_path: Path) -> None:
    published = tmp_path / "killed.duckdb"
    for seconds in (1.2, 1.6, 2.0, 3.0):
        run = start(ROOT / "samples" / "reports", published)
        time.sleep(seconds)
        run.kill()
        run.wait()
    done = run_gongkai("run", ROOT / "samples" / "reports", published=published)
    assert done.returncode == 0, done.stderr
    expected = marts(built_samples)
    assert expected["observations"]
    assert marts(published) == expected
