"""Reading processes send documents together; what one held when it died is read again, and lands once."""

from __future__ import annotations

import os
import signal
from collections import Counter
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.processes import wait_until
from helpers.raw import ingest, report, rows, write

from ingest import worker
from ingest.known import write_known
from ingest.limits import Limits
from ingest.messages import Task
from ingest.pool import FileDone, Pool, _Worker
from ingest.readers import READERS
from ingest.reading import parse
from ingest.results import Landed, LandedTogether, Place

FILES = {f"{number:03}.txt": report(number) for number in range(400)}
DEATHS = 5


def dies_holding(reader: _Worker) -> bool:
    """End a process where it is in the middle of a document, with others behind it of which it has told nothing."""
    os.kill(reader.process.pid, signal.SIGSTOP)
    if reader.begun.count - reader.files_done > 3 and not reader.connection.poll():
        os.kill(reader.process.pid, signal.SIGSEGV)
        os.kill(reader.process.pid, signal.SIGCONT)
        wait_until(reader.connection.poll, "the end of the connection")
        return True
    os.kill(reader.process.pid, signal.SIGCONT)
    return False


def test_what_a_process_held_when_it_died_is_read_again(tmp_path: Path) -> None:
    folder = write(tmp_path / "files", FILES)
    tasks = [Task(str(path), path.name) for path in sorted(folder.iterdir())]
    done: Counter[str] = Counter()
    landed: Counter[str] = Counter()
    deaths = most = 0
    with write_known([]) as known, Pool(Limits(), known, 2, tmp_path) as pool:
        for event in pool.read(tasks):
            if isinstance(event, FileDone):
                done[event.source_file] += 1
                continue
            assert isinstance(event, LandedTogether), event
            names = [place.source_file for place, _ in event.documents]
            most = max(most, len(names))
            landed.update(names)
            ids = event.tables.documents["document_id"].to_pylist()
            assert ids == [document_id for _, document_id in event.documents]
            assert set(event.tables.blocks["document_id"].to_pylist()) == set(ids)
            for each in pool._workers:
                deaths += deaths < DEATHS and each.is_ready and dies_holding(each)
    assert deaths == DEATHS, "no process held what it had read; the moments are wrong"
    assert most > 1
    assert done == landed == Counter(FILES.keys())


def test_nothing_is_begun_long_after_something_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process has its time for a document from when it told something last: a slow one before is no part of that."""
    now = [10.0]
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: now[0]))
    _, theirs = Pipe()
    held = worker.Held(theirs)
    documents = []
    for number in range(3):
        read = parse(report(number), f"{number:064}", READERS["txt"], Place(f"{number}"), Limits(), lambda *_: False)
        assert isinstance(read, Landed)
        documents.append(read)
    held.add(documents[0])
    held.send()
    for read in documents[1:]:
        now[0] += 0.6 * worker.HELD_SECONDS
        held.add(read)
        assert held.is_full(32) == (read is documents[2])
    assert held.is_full(2)


def test_the_same_bytes_under_many_names_are_one_document(tmp_path: Path) -> None:
    """Beside each other, so that one process meets them together, and far from each other."""
    files = {f"{number:03}.txt": report(number // 2 % 60) for number in range(400)}
    published = tmp_path / "w.duckdb"
    summary = ingest(published, write(tmp_path / "files", files), workers=2)
    assert (summary.landed, summary.unchanged) == (60, 340)
    for table in ("documents", "blocks"):
        [(count, distinct)] = rows(
            published, f"select count(*), count(distinct to_json(each)) from (from raw.{table}) as each"
        )
        assert count == distinct
    assert len(rows(published, "from raw.document_sources")) == 400
