"""A run that is killed at any moment leaves whole documents only, and the same command completes it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import gongkai_environment
from helpers.processes import cpu_of_whole, kill_after
from helpers.raw import raw, report, rows, write, zip_file

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
    """A warehouse that nobody disturbed, and the CPU time of its run (without the reading processes)."""
    published = folder.parent / "undisturbed.duckdb"
    run = start(folder, published)
    seconds = cpu_of_whole(run)
    assert run.returncode == 0, run.stderr.read() if run.stderr else ""
    return published, seconds


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
        kill_after(run, seconds * (number + moments.random()) / KILLS)
        if Warehouse(published).work.exists():
            assert_only_whole_documents(published)
            landed.append(rows(published, "select count(*) from raw.documents")[0][0])
    last = start(folder, published)
    assert last.wait() == 0, last.stderr.read() if last.stderr else ""
    assert raw(published) == raw(whole)
    assert landed, "every run was killed before it began; the moments are wrong"
    leftovers = {path.name for path in tmp_path.iterdir()}
    assert leftovers <= {"killed.work.duckdb", "killed.work.lock"}
