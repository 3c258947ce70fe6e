"""What one document may cost, and what becomes of the run when one costs more."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import docx
import pytest
from helpers.command import ROOT, gongkai_environment
from helpers.processes import PATIENCE, children, cpu_seconds, is_alive, is_reader, wait_until
from helpers.raw import ingest, reasons, report, rows, write, zip_file

from ingest.errors import UsageError
from ingest.limits import GIB, MIB, Limits
from ingest.readers import READERS
from ingest.reading import parse
from ingest.results import Place


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "w.duckdb"


def slow(cells: int = 450_000) -> bytes:
    """Markup that takes seconds to read: very many small cells, nearly as many as a document may have."""
    return b"<html><body><table>" + b"<tr>" + b"<td>1" * cells + b"</table>"


ENDLESS = slow(3_000_000)
"""Markup that takes half a minute to read, and far more than a second on any machine."""
OF_A_SECOND = Limits.parse(["seconds=1", "cells=10M", "chars=1G", "ratio=1M"])


def big() -> bytes:
    """Text that takes some hundreds of megabytes to read."""
    return ("公开信息三条。\n" * 3_000_000).encode("gb18030")


def test_limits_are_set_by_name() -> None:
    limits = Limits.parse(["bytes=64M", "memory_bytes = 1GiB", "seconds=5"])
    assert (limits.bytes, limits.memory_bytes, limits.seconds, limits.pages) == (64 * MIB, GIB, 5, Limits().pages)
    for wrong in ("byte=1", "bytes", "bytes=-1", "bytes=1.5M", "bytes=0", "=1"):
        with pytest.raises(UsageError):
            Limits.parse([wrong])


def test_a_document_over_its_time_is_rejected_and_the_run_goes_on(published: Path, tmp_path: Path) -> None:
    files = {f"{number}.txt": report(number) for number in range(20)} | {"5slow.html": ENDLESS}
    summary = ingest(published, write(tmp_path / "files", files), limits=OF_A_SECOND, workers=2)
    assert reasons(published) == {"5slow.html": "timeout"}
    assert summary.landed == 20


def test_a_document_over_its_memory_is_rejected_and_the_run_goes_on(published: Path, tmp_path: Path) -> None:
    files = {f"{number}.txt": report(number) for number in range(5)} | {"2big.txt": big()}
    limits = Limits.parse(["memory_bytes=200M", "chars=1G"])
    summary = ingest(published, write(tmp_path / "files", files), limits=limits, workers=1)
    assert reasons(published) == {"2big.txt": "memory"}
    assert summary.landed == 5


def test_a_document_within_its_memory_is_read(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"2big.txt": big()[:3_000_000]})
    assert ingest(published, folder, limits=Limits.parse(["memory_bytes=300M"])).landed == 1


def test_the_members_after_one_that_is_ended_are_read(published: Path, tmp_path: Path) -> None:
    members = {"a.txt": report(1), "b.html": ENDLESS, "c.txt": report(2), "d.html": ENDLESS, "e.txt": report(3)}
    folder = write(tmp_path / "files", {"a.zip": zip_file(members), "z.txt": report(9)})
    ingest(published, folder, limits=OF_A_SECOND, workers=1)
    assert reasons(published) == {"a.zip!b.html": "timeout", "a.zip!d.html": "timeout"}
    assert len(rows(published, "select * from raw.documents")) == 4


SHARE = """
import sys, time
from ingest.sandbox import limit_cpu
limit_cpu(1)
print("begun", flush=True)
while sys.argv[1] == "busy":
    pass
time.sleep(3)
"""


@pytest.mark.parametrize(("does", "status"), [("busy", -signal.SIGPROF), ("waiting", 0)])
def test_only_the_time_that_a_process_has_of_the_cpu_counts(does: str, status: int) -> None:
    command = [sys.executable, "-c", SHARE, does]
    done = subprocess.run(command, env=gongkai_environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (status, "begun\n"), done.stderr


def program(folder: Path, script: str) -> Path:
    """What is found in place of LibreOffice: a shell script, called with the folder to write into and the file."""
    folder.mkdir()
    for name in ("soffice", "soffice.bin"):
        (folder / name).write_text(f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done; {script}\n')
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("script", "limit", "told"),
    [
        ("while :; do :; done", "seconds=1", "1 seconds of CPU time"),
        ("exec sleep 3600", "wall_seconds=2", "2 seconds by the clock (limit wall_seconds)"),
    ],
    ids=["busy", "stuck"],
)
def test_a_program_over_its_time_is_ended(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, limit: str, told: str
) -> None:
    monkeypatch.setenv("PATH", f"{program(tmp_path / 'bin', script)}:{os.environ['PATH']}")
    ingest(published, write(tmp_path / "files", {"a.rtf": b"{\\rtf1 a}"}), limits=Limits.parse([limit]))
    ((reason, detail),) = rows(published, "select reason_code, detail from raw.rejects")
    assert reason == "timeout"
    assert told in detail


def test_a_program_that_has_to_wait_for_the_machine_is_not_over_its_time(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(report().decode())
    document.save(buffer)
    made = write(tmp_path, {"made.docx": buffer.getvalue()}) / "made.docx"
    script = f'sleep 3; mkdir -p "$2"; cp {made} "$2/in.docx"'
    monkeypatch.setenv("PATH", f"{program(tmp_path / 'bin', script)}:{os.environ['PATH']}")
    folder = write(tmp_path / "files", {"a.rtf": b"{\\rtf1 a}"})
    assert ingest(published, folder, limits=Limits.parse(["seconds=1"])).landed == 1


@pytest.mark.parametrize(
    ("limit", "data", "reason"),
    [
        ("bytes=100", report() * 3, "too_large"),
        ("chars=100", report() * 30, "too_many_characters"),
        ("chars=60", report(), "too_many_characters"),
        ("cells=3", b"| a | b |\n|---|---|\n| 1 | 2 |\n", "too_many_cells"),
        ("nesting=10", b"<html><body>" + b"<div>" * 20 + report(), "too_deep"),
    ],
)
def test_each_limit_has_its_reason(published: Path, tmp_path: Path, limit: str, data: bytes, reason: str) -> None:
    ingest(published, write(tmp_path / "files", {"a.bin": data}), limits=Limits.parse([limit]))
    assert reasons(published) == {"a.bin": reason}


@pytest.mark.parametrize(("name", "rejected"), [("0slow.html", {"0slow.html": "reader_died"}), ("3slow.html", {})])
def test_a_process_that_dies_costs_one_document_or_none(
    published: Path, tmp_path: Path, name: str, rejected: dict[str, str]
) -> None:
    """What a process dies of may be the fault of an earlier document, so a later one gets a second, new process."""
    folder = write(tmp_path / "files", {name: slow(), "1.txt": report(1), "2.txt": report(2)})
    summaries = []
    run = threading.Thread(target=lambda: summaries.append(ingest(published, folder, workers=1)))
    run.start()
    os.kill(wait_for_reader(os.getpid()), signal.SIGSEGV)
    run.join(PATIENCE)
    assert reasons(published) == rejected
    assert summaries[0].landed == 3 - len(rejected)


def wait_for_reader(process: int) -> int:
    """The reading process of a run, once it is at work on a document."""
    found: list[int] = []

    def is_at_work() -> bool:
        found[:] = [child for child in children(process) if is_reader(child) and cpu_seconds(child) > 0.8]
        return bool(found)

    wait_until(is_at_work, "a reading process at work")
    return found[0]


def test_processes_do_not_outlive_a_killed_run(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"slow.html": slow()})
    run = subprocess.Popen(
        [sys.executable, "-m", "gongkai.cli", "ingest", str(folder), "--warehouse", str(published)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    reader = wait_for_reader(run.pid)
    run.kill()
    run.wait()
    wait_until(lambda: not is_alive(reader), "the end of the reading process")


def test_too_little_memory_for_any_document_is_told(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"a.txt": report()})
    ingest(published, folder, limits=Limits.parse(["memory_bytes=100K"]))
    [(reason, detail)] = rows(published, "select reason_code, detail from raw.rejects")
    assert reason == "memory", detail


PROBE = """
import json, os, socket, subprocess, sys, urllib.request
from ingest.sandbox import cut_network
cut_network()
found = {}
for name, connect in {
    "python": lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5),
    "urllib": lambda: urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/", timeout=5),
    "name": lambda: socket.getaddrinfo("localhost", 80),
}.items():
    try:
        connect()
        found[name] = "connected"
    except Exception as error:
        found[name] = type(error).__name__
child = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=5)"
found["child"] = subprocess.run([sys.executable, "-c", child, sys.argv[1]], capture_output=True).returncode
print(json.dumps(found))
"""


def test_a_reading_process_has_no_network() -> None:
    import json
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        root = str(ROOT)
        probe = subprocess.run(
            [sys.executable, "-c", PROBE, port],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": root},
            text=True,
            check=True,
        )
        found = json.loads(probe.stdout)
    assert {found["python"], found["urllib"], found["name"]} <= {"PermissionError", "URLError"}
    if os.getuid() == 0:
        assert found["child"] != 0


def test_want_of_memory_that_a_library_made_another_error_of_is_that(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        try:
            raise MemoryError
        except MemoryError:
            raise ValueError("cannot decode")  # noqa: B904 - as libraries do

    monkeypatch.setattr("ingest.reading.read_document", fail)
    with pytest.raises(MemoryError):
        parse(b"", "d", READERS["txt"], Place("a.txt"), Limits(), lambda *_: False)
