"""Reading processes send documents together; what one held when it died is read again, and lands once."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

from helpers.processes import wait_until
from helpers.raw import ingest, report, rows, write

from ingest.known import write_known
from ingest.limits import Limits
from ingest.messages import Task
from ingest.pool import FileDone, Pool, _Worker
from ingest.results import LandedTogether

FILES = {f"{number:03}.txt": report(number) for number in range(400)}
DEATHS = 5


def dies_holding(worker: _Worker) -> bool:
    """End a process where it is in the middle of a document, with others behind it of which it has told nothing."""
    os.kill(worker.process.pid, signal.SIGSTOP)
    if worker.begun.count - worker.files_done > 3 and not worker.connection.poll():
        os.kill(worker.process.pid, signal.SIGSEGV)
        os.kill(worker.process.pid, signal.SIGCONT)
        wait_until(worker.connection.poll, "the end of the connection")
        return True
    os.kill(worker.process.pid, signal.SIGCONT)
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
            for worker in pool._workers:
                deaths += deaths < DEATHS and worker.is_ready and dies_holding(worker)
    assert deaths == DEATHS, "no process held what it had read; the moments are wrong"
    assert most > 1
    assert done == landed == Counter(FILES.keys())


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
