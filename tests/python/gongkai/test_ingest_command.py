"""`gongkai ingest` tells each kind of bad input in one clear line, and loses nothing that has landed."""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment
from helpers.processes import PATIENCE
from helpers.raw import report, rows, write

from gongkai.warehouse import Warehouse

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "w" / "gongkai.duckdb"


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("gongkai: ")
    return done.stderr


def test_a_path_that_does_not_exist(gongkai: Gongkai, published: Path, tmp_path: Path) -> None:
    done = gongkai("ingest", tmp_path / "nowhere", published=published)
    assert done.returncode == 2
    assert "does not exist" in one_line(done)
    assert not published.parent.exists()


def test_an_empty_folder(gongkai: Gongkai, published: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = gongkai("ingest", tmp_path / "empty", published=published)
    assert done.returncode == 1
    assert "nothing to read" in one_line(done)


def test_files_that_are_no_documents_are_listed_with_a_next_step(
    gongkai: Gongkai, published: Path, tmp_path: Path
) -> None:
    files = {
        "empty.txt": b"",
        "zeros.docx": bytes(5_000),
        "cut.pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Ty",
        "renamed.docx": b"PK\x05\x06" + bytes(18),
        "good.txt": report(),
    }
    folder = write(tmp_path / "files", files)
    done = gongkai("ingest", folder, published=published)
    assert (done.returncode, done.stderr) == (0, "")
    assert "5 files met: 1 documents landed, 0 known already, 4 rejected" in done.stdout
    for name, reason in (("empty.txt", "empty_file"), ("zeros.docx", "only_zeros"), ("renamed.docx", "wrong_type")):
        assert sum(f"rejected {name}" in line and reason in line for line in done.stdout.splitlines()) == 1
    assert sum("rejected cut.pdf" in line for line in done.stdout.splitlines()) == 1
    listed = gongkai("rejects", published=published).stdout
    assert "empty_file: 1 - get the file again" in listed
    assert "4 rejected files" in gongkai("status", published=published).stdout
    assert gongkai("ingest", folder, "--strict", published=published).returncode == 1


def drop_rights() -> None:
    """Run before a command: even as root it may then read and write only what the modes of its files allow."""
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def gongkai_without_rights(*arguments: str | Path, published: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gongkai.cli", *map(str, arguments)],
        env=gongkai_environment(published),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        preexec_fn=drop_rights,
    )


def test_an_unreadable_file(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"locked.txt": report(1), "open.txt": report(2), "locked/a.txt": report(3)})
    (folder / "locked.txt").chmod(0)
    (folder / "locked").chmod(0)
    done = gongkai_without_rights("ingest", folder, published=published)
    (folder / "locked").chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert "rejected locked.txt: Permission denied (unreadable)" in done.stdout
    assert "rejected locked: Permission denied (unreadable)" in done.stdout
    assert "1 documents landed" in done.stdout


def test_a_warehouse_folder_that_cannot_be_written(published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"a.txt": report()})
    published.parent.mkdir()
    published.parent.chmod(0o555)
    done = gongkai_without_rights("ingest", folder, published=published)
    assert done.returncode == 1
    assert "cannot write in the folder" in one_line(done)


def test_two_runs_at_once(gongkai: Gongkai, published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"a.txt": report()})
    assert gongkai("ingest", folder, published=published).returncode == 0
    with Warehouse(published).work.with_suffix(".lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = gongkai("ingest", folder, published=published)
    assert done.returncode == 1
    assert "another gongkai (process " in one_line(done)
    assert gongkai("ingest", folder, published=published).returncode == 0


def test_the_work_file_open_elsewhere(gongkai: Gongkai, published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {"a.txt": report()})
    assert gongkai("ingest", folder, published=published).returncode == 0
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(Warehouse(published).work)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        done = gongkai("ingest", folder, published=published)
    finally:
        holder.communicate(b"\n", timeout=PATIENCE)
    assert done.returncode == 1
    assert "another process has the work file" in one_line(done)


def test_a_full_disk(gongkai: Gongkai, published: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk: writing beyond it fails in the same place."""
    folder = write(tmp_path / "files", {"a.txt": report()})
    assert gongkai("ingest", folder, published=published).returncode == 0
    more = write(tmp_path / "more", {f"{number}.txt": report(number) * 40 for number in range(200)})
    done = subprocess.run(
        [sys.executable, "-m", "gongkai.cli", "ingest", str(more)],
        env=gongkai_environment(published),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        preexec_fn=fill_disk,
    )
    assert done.returncode == 1
    assert "make room on the disk" in one_line(done)
    assert gongkai("ingest", more, published=published).returncode == 0
    assert rows(published, "select count(*) from raw.documents") == [(201,)]


def fill_disk() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))


def test_names_are_never_printed_raw(gongkai: Gongkai, published: Path, tmp_path: Path) -> None:
    name = "a\n\x1b[31mred\x1b]0;title\x07\u202eevil\r.txt"
    folder = write(tmp_path / "files", {name: b"", "ok\x1b[2J.txt": report()})
    outputs = [
        gongkai(*command, published=published)
        for command in (["ingest", folder], ["rejects"], ["status"], ["ingest", tmp_path / "no\x1b[31m\nsuch"])
    ]
    for done in outputs:
        assert not set("\x1b\x07\r\u202e") & set(done.stdout + done.stderr)
    assert "a\\n\\x1b[31mred" in outputs[0].stdout
    assert "no\\x1b[31m" in outputs[3].stderr
    assert rows(published, "select source_file from raw.rejects") == [(name,)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--limit", "pagse=3"], "there is no such limit"),
        (["--limit", "pages=many"], "whole number"),
        (["--limit", "pages=0"], "at least 1"),
        (["--manifest", "/nonexistent.csv"], "cannot be read"),
        (["--warehouse", "/tmp/file.db"], "ends in .duckdb"),
        (["--workers", "0"], "--workers"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    gongkai: Gongkai, published: Path, tmp_path: Path, arguments: list[str], told: str
) -> None:
    folder = write(tmp_path / "files", {"a.txt": report()})
    done = gongkai("ingest", folder, *arguments, published=published)
    assert done.returncode == 2
    assert told in one_line(done)


def test_before_anything_is_ingested(gongkai: Gongkai, published: Path) -> None:
    for command in ("status", "rejects"):
        done = gongkai(command, published=published)
        assert done.returncode == 1
        assert "there is no warehouse" in one_line(done)


def test_a_bar_moves_on_a_terminal_and_nowhere_else(gongkai: Gongkai, published: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "files", {f"{number}.txt": report(number) for number in range(30)})
    terminal, theirs = os.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "gongkai.cli", "ingest", str(folder)],
        env=gongkai_environment(published) | {"TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        encoding="utf-8",
        timeout=PATIENCE,
        check=True,
    )
    os.close(theirs)
    shown = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert "reading" in shown
    assert "files" in shown
    assert "30 documents landed" in done.stdout
    assert gongkai("ingest", folder, published=published).stderr == ""


def test_debug_shows_the_traceback(gongkai: Gongkai, published: Path) -> None:
    assert "Traceback" in gongkai("status", "--debug", published=published).stderr


def test_ctrl_c_within_source_that_is_executed_has_the_same_exit_status(tmp_path: Path) -> None:
    """Python ends by the signal itself, whatever `sys.exit` said, where Ctrl-C fell into `exec` of a text."""
    module = "import typer\nfrom gongkai.console import run_cli\napp = typer.Typer(add_completion=False)\n"
    module += "@app.command()\ndef stop() -> None:\n    exec('raise KeyboardInterrupt')\nrun_cli(app)\n"
    (tmp_path / "stopped.py").write_text(module)
    command = [sys.executable, "-m", "stopped", "--"]
    done = subprocess.run(command, cwd=tmp_path, env=gongkai_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert "stopped" in one_line(done)


def test_ctrl_c_while_modules_are_imported_is_one_line() -> None:
    """The first half second goes into imports: whoever stops the command then sees no traceback either."""
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "gongkai.cli", "status"],
        cwd=ROOT,
        env=gongkai_environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "typer" in line or "duckdb" in line:
            break
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=PATIENCE)
    told = [line for line in rest.splitlines() if not line.startswith("import time:")]
    assert process.returncode == 130, rest
    assert len(told) == 1 and "stopped" in told[0], rest
