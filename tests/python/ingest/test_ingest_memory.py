"""The run itself holds no more than a batch, however large the folder is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import gongkai_environment

SCRIPT = """
import sys
from pathlib import Path
from gongkai.warehouse import Warehouse
from ingest.limits import Limits
from gongkai.ingesting import ingest_into
summary = ingest_into(Warehouse(Path(sys.argv[2])), [Path(sys.argv[1])], limits=Limits())
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(summary.landed, int(peak) // 1024)
"""
PARAGRAPH = "第{}条：" + "本年度通过门户网站和公开栏主动公开各类政府信息，群众普遍反映查阅方便、内容清楚。" * 10


def peak_megabytes(folder: Path, megabytes: int) -> int:
    """Peak memory of the run alone, without its readers, over files of one megabyte each."""
    files = folder / "files"
    files.mkdir(parents=True)
    for number in range(megabytes):
        lines = [PARAGRAPH.format(f"{number}-{line}") for line in range(800)]
        (files / f"{number}.txt").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(files), str(folder / "w.duckdb")],
        env=gongkai_environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert len(done.stdout.split()) == 2, done.stdout
    landed, peak = done.stdout.split()
    assert int(landed) == megabytes
    return int(peak)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_the_run_does_not_grow_with_the_folder(tmp_path: Path) -> None:
    small, large = (peak_megabytes(tmp_path / str(size), size) for size in (30, 130))
    assert large - small < 60, (small, large)
