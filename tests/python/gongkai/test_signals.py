"""SIGTERM, SIGHUP and SIGKILL: a run that is stopped ends in a line, and leaves no process behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import gongkai_environment
from helpers.processes import PATIENCE, children, hear_signals, is_alive, wait_until
from helpers.raw import report, write

KILLS = int(os.environ.get("GONGKAI_KILLS", "4"))

FILES = {f"{number}.txt": report(number) for number in range(20)} | {"a.rtf": b"{\\rtf1 a}", "b.rtf": b"{\\rtf1 b}"}


def endless_office(folder: Path) -> Path:
    """What is found in place of LibreOffice: a program that works for ever and says that it has begun."""
    for name in ("soffice", "soffice.bin"):
        write(folder, {name: b'#!/bin/sh\necho $$ > "$HOME/../office.pid"\nexec sleep 100000\n'})
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> subprocess.Popen[str]:
    """A run that is at work on a file for LibreOffice, which never ends."""
    return start(tmp_path, write(tmp_path / "files", FILES))


def start(home: Path, folder: Path) -> subprocess.Popen[str]:
    environment = gongkai_environment(home / "w" / "w.duckdb")
    office = endless_office(home / "bin")
    return subprocess.Popen(
        [sys.executable, "-m", "gongkai.cli", "ingest", str(folder), "--workers", "2"],
        env=environment | {"PATH": f"{office}:{os.environ['PATH']}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    )


def family(process: int) -> list[int]:
    """A process and all below it."""
    return [process, *(each for child in children(process) for each in family(child))] if is_alive(process) else []


def office_of(run: subprocess.Popen[str]) -> list[int]:
    """The programs that reading processes have started."""
    return [program for reader in children(run.pid) if is_alive(reader) for program in family(reader)[1:]]


def wait_for_office(run: subprocess.Popen[str]) -> None:
    wait_until(lambda: office_of(run), "a reading process that has started LibreOffice")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_run_in_one_line_with_all_its_processes(
    run: subprocess.Popen[str], number: signal.Signals, status: int
) -> None:
    wait_for_office(run)
    everyone = family(run.pid)
    assert len(everyone) >= 3
    run.send_signal(number)
    _, errors = run.communicate(timeout=PATIENCE)
    assert (run.returncode, len(errors.splitlines())) == (status, 1), errors
    assert "stopped; what was done is kept" in errors
    wait_until(lambda: not any(map(is_alive, everyone)), "the end of all processes")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_a_run_that_is_killed_at_any_moment(tmp_path: Path, number: signal.Signals) -> None:
    folder = write(tmp_path / "files", FILES)
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    for _ in range(KILLS):
        run = start(tmp_path, folder)
        # Processes that the run has begun before it is killed: two that read, and LibreOffice at one file at least, as
        # both may wait for one reading process.
        wanted = chance.randrange(4)
        wait_until(lambda run=run, wanted=wanted: len(family(run.pid)) > wanted, f"{wanted} processes, seed {seed}")
        everyone = family(run.pid)
        run.send_signal(number)
        assert run.wait(PATIENCE) == {signal.SIGTERM: 143, signal.SIGKILL: -9}[number] or wanted == 0, f"seed {seed}"
        wait_until(lambda everyone=everyone: not any(map(is_alive, everyone)), f"the end of all, seed {seed}")


def test_a_signal_that_is_ignored_from_outside_stays_ignored(tmp_path: Path) -> None:
    """As nohup has it for SIGHUP."""
    code = (
        "import os, signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from gongkai import interrupts; "
        "interrupts.listen(); os.kill(os.getpid(), signal.SIGHUP); print('goes on')"
    )
    done = subprocess.run([sys.executable, "-c", code], env=gongkai_environment(), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "goes on\n"), done.stderr
