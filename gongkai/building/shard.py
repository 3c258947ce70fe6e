"""Building one shard: in a process of its own, or on another machine.

Started as `python -m gongkai.building.shard PARENT PROJECT COMPILED FINGERPRINT FOLDER NUMBER THREADS`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from gongkai.building.compiled import Compiled, read_compiled
from gongkai.building.direct import build_directly
from gongkai.building.sharding import Shard
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.shares import SHARED_TABLES, rows_of
from gongkai.warehouse.sql import attach
from gongkai.warehouse.work import make_work
from ingest.errors import GongkaiError
from ingest.lean import without_pandas
from ingest.sandbox import die_with_parent


def build_shard(project: Path, compiled: Compiled, shard: Shard, *, threads: int) -> None:
    """Build the models that the shard is enough for in its work file; one that fails is left to the ordinary build.

    Where a process was ended at it, what it had built in the file is not built again.
    """
    if not shard.warehouse.work.exists():
        _land(shard, compiled)
    alone = {node.unique_id for node in compiled.of_documents_alone()}
    others = compiled.nodes.keys() - alone
    build_directly(
        project, shard.warehouse, compiled, left_out=others, threads=threads, progress=lambda done, total, title: None
    )


def _land(shard: Shard, compiled: Compiled) -> None:
    """Make its work file with what is landed of its share, which is there whole or not at all."""
    unfinished = Shard(shard.folder / "unfinished", shard.number)
    unfinished.folder.mkdir(exist_ok=True)
    unfinished.remove()
    make_work(unfinished.warehouse, None, compiled.file)
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, unfinished.warehouse.work, "shard", "read_write")
        for table in SHARED_TABLES:
            if shard.landed(table).is_dir():
                files = shard.landed(table) / "*.parquet"
                connection.execute(f"insert into shard.raw.{table} by name from {rows_of(files)}")
    unfinished.warehouse.work.replace(shard.warehouse.work)


def main() -> None:
    """Build the shard that the arguments name. What is wrong is said on stderr, in a line."""
    parent, project, file, fingerprint, folder, number, threads = sys.argv[1:]
    die_with_parent(int(parent))
    without_pandas()
    compiled = read_compiled(Path(file), fingerprint)
    try:
        if compiled is None:
            raise GongkaiError("the rules changed while they were built by; run the command again")
        build_shard(Path(project), compiled, Shard(Path(folder), int(number)), threads=int(threads))
    except (GongkaiError, duckdb.Error, OSError) as error:
        sys.exit(" ".join(str(error).split()))


if __name__ == "__main__":
    main()
