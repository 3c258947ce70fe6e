"""What one document may cost, and what becomes of the run when one costs more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from raw_helper import ingest, reasons, report, rows, write
from test_archives import zip_file

from ingest.errors import UsageError
from ingest.limits import GIB, MIB, Limits


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "w.duckdb"


def slow(cells: int = 250_000) -> bytes:
    """Markup that takes seconds to read: very many small cells."""
    return b"<html><body><table>" + b"<tr>" + b"<td>1" * cells + b"</table>"


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
    files = {f"{number}.txt": report(number) for number in range(20)} | {"5slow.html": slow()}
    summary = ingest(published, write(tmp_path / "files", files), limits=Limits.parse(["seconds=1"]), workers=2)
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
    assert ingest(published, folder, limits=Limits.parse(["memory_bytes=200M"])).landed == 1


def test_the_members_after_one_that_is_ended_are_read(published: Path, tmp_path: Path) -> None:
    members = {"a.txt": report(1), "b.html": slow(), "c.txt": report(2), "d.html": slow(), "e.txt": report(3)}
    folder = write(tmp_path / "files", {"a.zip": zip_file(members), "z.txt": report(9)})
    ingest(published, folder, limits=Limits.parse(["seconds=1"]), workers=1)
    assert reasons(published) == {"a.zip!b.html": "timeout", "a.zip!d.html": "timeout"}
    assert len(rows(published, "select * from raw.documents")) == 4


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


def children(process: int) -> list[int]:
    """Process ids of the children of a process."""
    tasks = Path(f"/proc/{process}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(("name", "rejected"), [("0slow.html", {"0slow.html": "reader_died"}), ("3slow.html", {})])
def test_a_process_that_dies_costs_one_document_or_none(
    published: Path, tmp_path: Path, name: str, rejected: dict[str, str]
) -> None:
    """What a process dies of may be the fault of an earlier document, so a later one gets a second, new process."""
    folder = write(tmp_path / "files", {name: slow(450_000), "1.txt": report(1), "2.txt": report(2)})
    summaries = []
    run = threading.Thread(target=lambda: summaries.append(ingest(published, folder, workers=1)))
    run.start()
    os.kill(wait_for_reader(os.getpid()), signal.SIGSEGV)
    run.join(timeout=60)
    assert reasons(published) == rejected
    assert summaries[0].landed == 3 - len(rejected)


def wait_for_reader(process: int) -> int:
    """The reading process of a run, once it is at work on a document."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for child in children(process):
            with suppress(FileNotFoundError):  # where it has just ended
                is_reader = b"ingest.worker" in Path(f"/proc/{child}/cmdline").read_bytes()
                ticks = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11]
                if is_reader and int(ticks) > 80:
                    return child
        time.sleep(0.02)
    raise AssertionError("no reading process was started")


def test_processes_do_not_outlive_a_killed_run(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"slow.html": slow(450_000)})
    run = subprocess.Popen(
        [sys.executable, "-m", "gongkai.cli", "ingest", str(folder), "--warehouse", str(published)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    reader = wait_for_reader(run.pid)
    run.kill()
    run.wait()
    deadline = time.monotonic() + 10
    while is_alive(reader) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(reader)


def test_too_little_memory_for_any_document_is_told(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"a.txt": report()})
    ingest(published, folder, limits=Limits.parse(["memory_bytes=100K"]))
    assert reasons(published) == {"a.txt": "memory"}


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
        root = str(Path(__file__).parents[2])
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
