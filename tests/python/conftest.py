"""Shared by all tests: the order in which they run, and warehouses that are built once.

`make test` spreads the tests over worker processes: those of a file stay together (its fixtures are made once), unless
it is one of APART; what takes longest begins first, so that no worker is left alone with it at the end.
"""

from __future__ import annotations

import fcntl
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import polars as pl
import pytest
from helpers.command import Gongkai, run_dbt, run_gongkai
from helpers.small_world import World, small_world
from helpers.world_truth import Ask
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from scripts.renew_report_card import SETS

BuiltSet = Callable[[str], Path]

# On a loaded machine an example may take any time. `make fuzz` takes the second profile: many more examples than
# `make test` has time for.
settings.register_profile("test", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", settings.get_profile("test"), max_examples=5_000)
settings.load_profile("test")

LONG = [
    *("test_cluster", "test_both_ways", "test_deliveries", "test_rules", "test_compiling"),
    *("test_wheel", "test_by_document", "test_nobodys_data", "test_lake", "test_round_trips", "test_export"),
    *("test_publish", "test_new_form", "test_build", "test_shards", "test_extraction", "test_small_world"),
    *("test_findings_of_corpus", "test_repeatable", "test_explore_in_browser", "test_checks", "test_limits"),
    *("test_workbook", "test_ingest_command", "test_check_cases", "test_kill", "test_explore", "test_forget"),
    *("test_publications", "test_fuzz", "test_ingest", "test_tables_alone", "test_isolation", "test_attacks"),
    *("test_notebook", "test_flat_tables", "test_ingest_memory", "test_mirror"),
]
"""Files that take long, in the order in which they begin."""
APART = {
    *("test_build", "test_by_document", "test_compiling", "test_repeatable"),
    *("test_limits", "test_ingest_command", "test_attacks", "test_shards"),
}
"""Files whose tests share no fixture but those that are made once for all workers."""


def group_of(nodeid: str) -> str:
    """What is run by one worker: a file, the tests of one set of reports, or a test by itself."""
    path, _, name = nodeid.partition("::")
    file = PurePosixPath(path).stem
    if file == "test_extraction" and name.endswith("]"):
        return name.rpartition("[")[2].removesuffix("]")
    if file == "test_findings_of_corpus":
        return "corpus"
    return nodeid if file in APART else file


class ByFixtures(LoadScopeScheduling):
    """Hands out groups of tests, one after another, to whichever worker is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFixtures | None:
    return ByFixtures(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first."""
    order = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


def pytest_collection_finish() -> None:
    """What all tests are is no garbage: to look through it for some again and again took a fourteenth of the time."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture(scope="session")
def gongkai() -> Gongkai:
    """The command line: `gongkai("status", published=path)`."""
    return run_gongkai


@contextmanager
def once_for_all(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A folder that all workers share, while no other worker is here: who comes first makes what belongs into it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # then each worker has a folder of its own in this one
        folder = folder.parent
    folder = folder / "sets" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def built_once(tmp_path_factory: pytest.TempPathFactory, name: str, reports: Callable[[Path], list[Path]]) -> Path:
    """The published warehouse of reports, built once for all workers; `reports` is given a folder to write some to."""
    with once_for_all(tmp_path_factory, name) as folder:
        published = folder / "gongkai.duckdb"
        if not published.exists():
            done = run_gongkai("run", *reports(folder / "reports"), published=published)
            assert done.returncode == 0, done.stderr
    return published


@pytest.fixture(scope="module")
def storage() -> Iterator[dict[str, str]]:
    """The environment that leads to a server that answers as S3 does, with one empty bucket."""
    from helpers.storage import s3_server  # here, as it takes a second that most tests need not wait for

    with s3_server() as environment:
        yield environment


@pytest.fixture
def environment(storage: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The same, set for this process and those that it starts."""
    for name, value in storage.items():
        monkeypatch.setenv(name, value)
    return storage


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """dbt's target folder with the whole project parsed, once for all workers, deprecations as errors."""
    with once_for_all(tmp_path_factory, "parsed") as folder:
        target = folder / "target"
        if not (target / "manifest.json").exists():
            done = run_dbt("parse", "--warn-error-options", '{"error": ["Deprecations"]}', target=target)
            assert done.returncode == 0, done.stdout
    return target


@pytest.fixture(scope="session")
def built_set(tmp_path_factory: pytest.TempPathFactory) -> BuiltSet:
    """The published warehouse of a set of reports by its name, built once for all workers; who changes it copies it.

    A test of a set that is not there is skipped.
    """

    def warehouse_of(name: str) -> Path:
        reports, _ = SETS[name]
        if not all(each.is_dir() for each in reports):
            pytest.skip(f"{reports[0]} is not there; set GONGKAI_CORPUS to a copy of the development corpus")
        return built_once(tmp_path_factory, name, lambda _: reports)

    return warehouse_of


@pytest.fixture(scope="session")
def built_samples(built_set: BuiltSet) -> Path:
    """The published warehouse of samples/reports."""
    return built_set("samples")


@pytest.fixture(scope="session")
def built_world(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    """The published warehouse of the small world (helpers/small_world.py), built once for all workers."""
    return built_once(tmp_path_factory, "world", lambda folder: [world.write(folder)])


@pytest.fixture(scope="session")
def world() -> World:
    """The small world as it was written, with the truth about it."""
    return small_world()


@pytest.fixture(scope="session")
def ask_world(built_world: Path) -> Ask:
    """The answer of the published small world to a query."""

    def answer(sql: str) -> pl.DataFrame:
        with duckdb.connect(str(built_world), read_only=True) as connection:
            return pl.DataFrame(connection.sql(sql).to_arrow_table())

    return answer
