"""Show whether a change of code or rules changed any mart: what a refactoring must not do.

    .venv/bin/python scripts/compare_marts.py build BEFORE     # on the tree as it was
    .venv/bin/python scripts/compare_marts.py build AFTER      # on the changed tree
    .venv/bin/python scripts/compare_marts.py compare BEFORE AFTER

`build` makes a warehouse of each set of reports in a folder (samples, test data and, where they are there, the
development corpora); run again, it builds only what changed. `compare` prints, for each mart and set, the rows that
only one side has, and ends with 1 where there are any.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from gongkai.publications import TABLES

ROOT = Path(__file__).resolve().parents[1]
CORPUS = Path(os.environ.get("GONGKAI_CORPUS", ROOT.parent / "shared" / "corpus"))
DATA = ROOT / "tests" / "python" / "data"
SETS = {
    "samples": [ROOT / "samples" / "reports"],
    **{folder.name: [folder / "reports"] for folder in sorted(DATA.glob("*/")) if (folder / "reports").is_dir()},
    "corpus": [CORPUS / "originals", CORPUS / "rewritten"],
    "corpus-2": [CORPUS.with_name("corpus-2") / name for name in ("rewritten-2", "real", "faults")],
}
NOT_COMPARED = ("first_seen_at", "last_seen_at", "ingested_at", "reader_version")
"""When a document was read, and by which version: not what was read in it."""
SHOWN_ROWS = 5


def build(folder: Path, names: list[str]) -> int:
    """Bring the warehouses of the sets named up to date."""
    for name in names:
        if not all(path.is_dir() for path in SETS[name]):
            print(f"{name}: not there, left out")
            continue
        command = [sys.executable, "-m", "gongkai.cli", "run", *map(str, SETS[name])]
        environment = os.environ | {"GONGKAI_WAREHOUSE": str(folder / f"{name}.duckdb"), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
        if done.returncode:
            print(done.stdout, done.stderr, file=sys.stderr)
            return done.returncode
        print(f"{name}: built")
    return 0


def differences(before: Path, after: Path) -> Iterator[str]:
    """One line a mart that differs, with a few of the rows that only one of the two files has."""
    with duckdb.connect() as connection:
        for alias, path in (("before", before), ("after", after)):
            connection.execute(f"attach '{path}' as {alias} (read_only)")
        columns: dict[str, dict[str, list[str]]] = {"before": {}, "after": {}}
        for alias, table, column in connection.execute(
            "select database_name, table_name, column_name from duckdb_columns() "
            "where schema_name = 'marts' and database_name in ('before', 'after') "
            "and not list_contains($1, table_name) order by all",
            [list(TABLES)],  # those tell of builds
        ).fetchall():
            columns[alias].setdefault(table, []).append(column)
        for table in sorted(columns["before"].keys() | columns["after"].keys()):
            old, new = columns["before"].get(table), columns["after"].get(table)
            if old is None or new is None:
                yield f"{table}: only {'after' if old is None else 'before'}"
                continue
            if old != new:
                yield f"{table}: columns differ: {sorted(set(old) ^ set(new))}"
            both = ", ".join(f'"{column}"' for column in old if column in new and column not in NOT_COMPARED)
            for side, other in (("before", "after"), ("after", "before")):
                only = connection.execute(
                    f"select {both} from {side}.marts.{table} except all select {both} from {other}.marts.{table}"  # noqa: S608
                ).fetchall()
                if only:
                    yield f"{table}: {len(only)} rows only {side}"
                    yield from (f"    {row}"[:400] for row in sorted(only, key=repr)[:SHOWN_ROWS])


def compare(before: Path, after: Path, names: list[str]) -> int:
    """Print all differences of the sets that stand in both folders; 1 where there are any, or nothing to compare."""
    compared = [name for name in names if all((side / f"{name}.duckdb").is_file() for side in (before, after))]
    found = 0
    for name in compared:
        for line in differences(before / f"{name}.duckdb", after / f"{name}.duckdb"):
            print(f"{name}.{line}")
            found += 1
    print(f"compared {', '.join(compared) or 'nothing'}: {'different' if found else 'all marts alike'}")
    return 1 if found or not compared else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["build", "compare"])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--sets", default=",".join(SETS), help="names of sets, with commas between")
    arguments = parser.parse_args()
    names = arguments.sets.split(",")
    if arguments.what == "build":
        return build(arguments.folders[0].absolute(), names)
    return compare(*arguments.folders, names)


if __name__ == "__main__":
    sys.exit(main())
