"""Nothing leaves this machine while a document is read, whether or not the system grants a network namespace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT, gongkai_environment
from PIL import Image, ImageDraw

READ = """
import sys, time
from pathlib import Path
from ingest.limits import Limits
from ingest.readers import image
print(image.read(Path(sys.argv[1]).read_bytes(), "scan.png", Limits()).parts)
time.sleep(float(sys.argv[2]))
"""
"""Reads a scan in a process that nobody has cut off from the network, and stays for some seconds."""

SECONDS_TO_CALL = 15
"""onnxruntime would call its maker about six seconds after it was used."""


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    picture = Image.new("RGB", (800, 400), "white")
    ImageDraw.Draw(picture).text((60, 150), "2016", fill="black", font_size=90)
    path = tmp_path / "scan.png"
    picture.save(path)
    return path


def environment(home: Path) -> dict[str, str]:
    """With a home of its own, where onnxruntime would keep what it has to report, and without our own switch."""
    home.mkdir()
    kept = {key: value for key, value in gongkai_environment().items() if not key.startswith(("XDG_", "ORT_"))}
    return kept | {"HOME": str(home)}


def test_ocr_gathers_nothing_to_report(scan: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-c", READ, str(scan), "0"], env=environment(home), capture_output=True, text=True, check=False
    )
    assert "2016" in done.stdout, done.stderr
    assert [path for path in home.rglob("*") if "onnxruntime" in path.name.lower()] == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_ocr_calls_nobody(scan: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(trace)]
    done = subprocess.run(
        [*command, sys.executable, "-c", READ, str(scan), str(SECONDS_TO_CALL)],
        env=environment(tmp_path / "home"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "2016" in done.stdout, done.stderr
    assert re.findall(r".*AF_INET.*", trace.read_text()) == []


REFUSE_NAMESPACES = """
import ctypes, platform, struct
unshare = {"x86_64": 272, "aarch64": 97}[platform.machine()]
# Load the number of the system call; where it is that of unshare, the error EPERM; else let it be.
program = b"".join(
    struct.pack("HBBI", *line)
    for line in [(0x20, 0, 0, 0), (0x15, 0, 1, unshare), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7FFF0000)]
)
kept = ctypes.create_string_buffer(program, len(program))
filters = struct.pack("HxxxxxxP", 4, ctypes.addressof(kept))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, filters, 0, 0) == 0, ctypes.get_errno()
"""
"""What container systems do: this process and those that it starts get no namespace of their own."""


def test_doctor_tells_whether_isolation_is_granted(tmp_path: Path) -> None:
    def isolation(before: str) -> str:
        code = f"{before}\nimport sys; from gongkai.cli import main; sys.argv = ['gongkai', 'doctor']; main()"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, env=gongkai_environment(tmp_path / "w.duckdb"), capture_output=True, text=True, check=False,
        )  # fmt: skip
        return next((line for line in done.stdout.splitlines() if "isolation: " in line), done.stderr)

    refused = isolation(REFUSE_NAMESPACES)
    assert refused.startswith("missing") and "--network none" in refused
    if os.getuid() == 0:
        assert isolation("").startswith("ok")
