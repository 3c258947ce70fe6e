"""Whether raw and marts are the same each time: under hash seeds, orders of files and numbers of workers, and rebuilt.

    scripts/same_each_time.py FOLDER [SCRATCH]

Five runs over the files of a folder (not of folders in it), each under another hash seed, with the files in another
order and one to four workers; then one after its work file was lost. Prints the tables that differ; exits with 1 where
any does.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

RUNS = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 2)]
"""Hash seed, which orders the files too, and number of workers."""
TIMES = ("first_seen_at", "last_seen_at", "ingested_at", "seen_at", "started_at", "finished_at", "withdrawn_at")
LEFT_OUT = {"raw.ingest_runs", "raw.publication", "marts.publications", "marts.changes"}
"""What tells of the runs themselves."""


def run(command: list[str | Path], published: Path, seed: int) -> None:
    """One gongkai command on a warehouse of its own."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "gongkai.cli", *map(str, command), "--warehouse", str(published)],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"gongkai {command[0]} failed with {done.returncode}: {done.stderr.strip()}")


def contents(published: Path) -> dict[str, tuple[object, ...]]:
    """For each table of raw and marts a number of its rows that is the same for whatever order they have."""
    with duckdb.connect(str(published), read_only=True) as connection:
        tables = connection.sql(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('raw', 'marts')"
        ).fetchall()
        found: dict[str, tuple[object, ...]] = {}
        for (name,) in tables:
            if name not in LEFT_OUT:
                kept = f"select columns(lambda name: name not in {TIMES}) from {name}"  # noqa: S608 - ours
                [found[name]] = connection.sql(
                    f"select count(*), coalesce(sum(hash(each)), 0) from ({kept}) as each"  # noqa: S608 - ours
                ).fetchall()
        return found


def main() -> None:
    """Run, lose, rebuild and compare."""
    if len(sys.argv) not in (2, 3):
        sys.exit(str(__doc__))
    files = sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_file())
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) == 3 else None) as scratch:
        found: dict[str, dict[str, tuple[object, ...]]] = {}
        for seed, workers in RUNS:
            published = Path(scratch) / f"{seed}.duckdb"
            random.Random(seed).shuffle(files)  # noqa: S311 - an order, no secret
            run(["run", *files, "--workers", str(workers)], published, seed)
            found[f"seed and order {seed}, {workers} workers"] = contents(published)
            print(f"seed and order {seed}, {workers} workers: {len(found)} of {len(RUNS) + 1}", flush=True)
        published.with_name(f"{published.stem}.work.duckdb").unlink()
        run(["rebuild", *files], published, 0)
        found["rebuilt without its work file"] = contents(published)
        (first, one), *others = found.items()
        differing = {
            name: [table for table in one | other if one.get(table) != other.get(table)] for name, other in others
        }
    for name, tables in differing.items():
        print(f"{name} and {first}: {', '.join(tables) or 'the same'} ({len(one)} tables)")
    sys.exit(any(differing.values()))


if __name__ == "__main__":
    main()
