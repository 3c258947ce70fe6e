"""Built in shards, a warehouse is what one process makes of it; what is lost on the way costs no more than its time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from helpers.command import ROOT, Gongkai
from helpers.marts import different, shape
from helpers.processes import cpu_seconds, wait_until
from helpers.project import compiled_of
from helpers.raw import rows

from gongkai.building import shard_processes
from gongkai.building.artifacts import RUN_RESULTS, folder_of_artifacts
from gongkai.building.compiled import Compiled
from gongkai.building.direct import build_directly
from gongkai.building.shard import build_shard
from gongkai.building.shard_processes import ShardProcesses, share_of
from gongkai.building.sharding import Run, Shard, Sharding
from gongkai.cluster import connected
from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import make_work
from ingest.errors import GongkaiError

SAMPLES = ROOT / "samples" / "reports"
COUNT = 2
ALL_READ = "int_candidates_chosen"
"""The end of what a share is enough for."""
FIRST_READ = "int_numbers"
"""A model near its beginning, for tests of which share is built when and by whom: a shard costs seconds for all."""


@pytest.fixture
def landed(built_samples: Path, tmp_path: Path) -> Path:
    """A warehouse of which nothing is built, with what is landed of the samples."""
    published = tmp_path / "gongkai.duckdb"
    make_work(Warehouse(published), Warehouse(built_samples).work)
    return published


def up_to(last: str) -> Compiled:
    """What dbt compiled, or a model with all that it stands on, as if there were no more."""
    compiled = compiled_of(ROOT)
    if last == ALL_READ:
        return compiled
    wanted = {key for key, node in compiled.nodes.items() if node.name == last}
    for key, node in reversed(compiled.nodes.items()):  # each stands behind all that it stands on
        if key in wanted:
            wanted.update(node.parents)
    return replace(compiled, nodes={key: node for key, node in compiled.nodes.items() if key in wanted})


def build(
    published: Path,
    run: Run | None,
    *,
    last: str = ALL_READ,
    full_refresh: bool = False,
    most: int | None = None,
) -> None:
    """Build what a share of the documents is enough for, in shards where there is somebody who builds them."""
    compiled = up_to(last)
    others = compiled.nodes.keys() - {node.unique_id for node in compiled.of_documents_alone()}
    outcome = build_directly(
        *(ROOT, Warehouse(published), compiled),
        left_out=others,
        full_refresh=full_refresh,
        sharding=Sharding(COUNT, run, most) if run else None,
        progress=lambda *_: None,
    )
    assert outcome.failures == []


def here(project: Path, compiled: Compiled, shards: list[Shard]) -> Iterator[Shard]:
    """Build shards one after the other in this process."""
    for shard in shards:
        build_shard(project, compiled, shard, threads=1)
        yield shard


def built_by_one(built_samples: Path, published: Path, last: str = ALL_READ) -> None:
    """What is built there is what one process makes of the samples."""
    alone = tuple(node.name for node in up_to(last).of_documents_alone())
    for query in (
        f"select model, version from state.models_built where model in {alone} order by all",
        "select key, version from state.key_changes where kind = 'documents' order by all",
        "from state.built_in_shards",
        f"from intermediate.{last} order by all",
    ):
        assert rows(published, query) == rows(built_samples, query)
    assert not Warehouse(published).shards_folder.exists()


def test_shards_make_the_marts_of_one_process(built_samples: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    published = tmp_path / "gongkai.duckdb"
    done = gongkai("run", SAMPLES, "--shards", str(COUNT), published=published)
    assert done.returncode == 0, done.stderr
    assert shape(published) == shape(built_samples)
    assert different(published, built_samples) == {}
    assert not Warehouse(published).shards_folder.exists()
    told = json.loads((folder_of_artifacts(Warehouse(published)) / RUN_RESULTS).read_text("utf-8"))["results"]
    alone = {node.unique_id for node in compiled_of(ROOT).of_documents_alone() if node.materialized == "by_document"}
    assert {each["message"] for each in told if each["unique_id"] in alone} == {"built in shards"}


def test_a_share_is_enough_for_all_that_reads_text() -> None:
    """Prose, tables and who says it: what takes the time of a build."""
    alone = {node.name for node in compiled_of(ROOT).of_documents_alone()}
    assert {"int_clauses_matched", "int_cells_matched", "int_reports_identified", "quantities"} <= alone
    assert not alone & {"dim_report", "int_report_contexts", "observations", "fct_fees", "findings"}


def test_what_waits_is_cut_into_shares_and_nothing_else_is(landed: Path, built_samples: Path) -> None:
    met: list[tuple[str, int]] = []

    def run(project: Path, compiled: Compiled, shards: list[Shard]) -> Iterator[Shard]:
        for shard in shards:
            files = shard.landed("documents") / "*.parquet"
            met.extend(
                (document, shard.number) for (document,) in duckdb.sql(f"select document_id from '{files}'").fetchall()
            )
        yield from here(project, compiled, shards)

    documents = {document for (document,) in rows(landed, "select document_id from raw.documents")}
    build(landed, run, last=FIRST_READ)
    assert sorted(document for document, _ in met) == sorted(documents)
    assert {number for _, number in met} == set(range(COUNT))
    built_by_one(built_samples, landed, FIRST_READ)

    met.clear()
    build(landed, run, last=FIRST_READ)
    assert met == [], "nothing waits any more"
    changed = min(documents)
    with duckdb.connect(str(Warehouse(landed).work)) as connection:
        connection.execute("delete from intermediate.int_numbers where document_id = ?", [changed])
        connection.execute("update state.key_changes set change = 2 where kind = 'documents' and key = ?", [changed])
    build(landed, run, last=FIRST_READ)
    assert [document for document, _ in met] == [changed]
    met.clear()
    build(landed, run, last=FIRST_READ, full_refresh=True, most=6)
    assert sorted(document for document, _ in met) == sorted(documents)
    assert max(number for _, number in met) >= COUNT, "more shards, as so few documents may be in one"
    built_by_one(built_samples, landed, FIRST_READ)


def test_a_killed_process_costs_its_shard(landed: Path, built_samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be that another build was killed before, at its first moment."""
    Warehouse(landed).shards_folder.mkdir()
    started: list[int] = []
    start = ShardProcesses._start

    def start_and_kill(self: ShardProcesses, project: Path, compiled: Compiled, shard: Shard, **options: int) -> Any:
        working = start(self, project, compiled, shard, **options)
        if not started:  # the first
            wait_until(lambda: cpu_seconds(working.process.pid) > 1, "a second of CPU")
            working.process.kill()
        started.append(shard.number)
        return working

    monkeypatch.setattr(ShardProcesses, "_start", start_and_kill)
    build(landed, ShardProcesses())
    assert sorted(started) == sorted([*range(COUNT), started[0]])
    built_by_one(built_samples, landed)


def test_a_build_that_was_stopped_goes_on(landed: Path, built_samples: Path) -> None:
    """What was built of a document that is another one now is not taken."""

    def stopped(project: Path, compiled: Compiled, shards: list[Shard]) -> Iterator[Shard]:
        for _ in zip(range(1), here(project, compiled, shards), strict=False):
            pass
        yield from ()
        raise KeyboardInterrupt

    given: list[int] = []

    def noted(project: Path, compiled: Compiled, shards: list[Shard]) -> Iterator[Shard]:
        given.extend(len(duckdb.sql(f"from '{each.landed('documents')}/*.parquet'").fetchall()) for each in shards)
        yield from here(project, compiled, shards)

    with pytest.raises(KeyboardInterrupt):
        build(landed, stopped, last=FIRST_READ)
    folder = Warehouse(landed).shards_folder
    files = sorted(folder.glob("*.work.duckdb"))
    assert len(files) == 1
    left = set()
    for file in files:
        with duckdb.connect(str(file)) as connection:
            left |= {document for (document,) in connection.sql("select document_id from raw.documents").fetchall()}
    (folder / "7.work.duckdb").write_bytes(b"half a file")
    with duckdb.connect(str(Warehouse(landed).work)) as connection:
        [(all_of_them,)] = connection.sql("select count(*) from raw.documents").fetchall()
        connection.execute("update raw.documents set content_version = 'other' where document_id = ?", [min(left)])
    build(landed, noted, last=FIRST_READ)
    assert sum(given) == all_of_them - len(left) + 1
    version = rows(built_samples, f"select content_version from raw.documents where document_id = '{min(left)}'")[0][0]
    with duckdb.connect(str(Warehouse(landed).work)) as connection:
        connection.execute("update raw.documents set content_version = ? where document_id = ?", [version, min(left)])
    build(landed, None, last=FIRST_READ)
    built_by_one(built_samples, landed, FIRST_READ)


def test_a_process_that_ends_each_time_is_told_in_a_line(
    landed: Path, built_samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_processes, "share_of", lambda memory, at_once: "no amount")
    with pytest.raises(GongkaiError, match=r"shard \d of 2 could not be built \(GONGKAI_MEMORY is no amount.*--shards"):
        build(landed, ShardProcesses(), last=FIRST_READ)
    monkeypatch.undo()
    build(landed, ShardProcesses(), last=FIRST_READ)
    built_by_one(built_samples, landed, FIRST_READ)


def test_a_folder_of_somebody_elses_is_left_alone(landed: Path) -> None:
    folder = Warehouse(landed).shards_folder
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(GongkaiError, match="gongkai has not made it"):
        build(landed, here)
    assert (folder / "mine.txt").read_text("utf-8") == "mine"


def test_a_cluster_without_the_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(GongkaiError, match=r"--on needs Ray; .*gongkai-warehouse\[ray\]"), connected("ray"):
        pass


def test_memory_is_divided(gongkai: Gongkai, landed: Path) -> None:
    assert [share_of("4GB", 4), share_of("50%", 2), share_of("1.5 GiB", 2)] == ["1.000GB", "25.000%", "0.750 GiB"]
    done = gongkai("build", "--dbt", "--shards", "2", published=landed)
    assert done.returncode == 2 and "--dbt knows no shards" in done.stderr
