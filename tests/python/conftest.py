"""Shared by all tests: the order in which they run, and warehouses that are built once.

`make test` spreads the tests over worker processes: those of a file stay together (its fixtures are made once), unless
LONG says otherwise; what takes longest begins first, so that no worker is left alone with it at the end.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from helpers.command import ROOT, Gongkai, run_gongkai
from hypothesis import HealthCheck, settings

# On a loaded machine an example may take any time. `make fuzz` takes the second profile: many more examples than
# `make test` has time for.
settings.register_profile("test", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", settings.get_profile("test"), max_examples=5_000)
settings.load_profile("test")

LONG = {
    "test_extraction": "sets of reports",
    "test_findings_of_corpus": "sets of reports",
    "test_build": "",
    "test_by_document": "by document",
    "test_ingest_memory": "memory",
    "test_dbt_alone": "dbt alone",
    "test_kill": "kills",
    "test_round_trips": "round trips",
    "test_checks": "checks",
    "test_fuzz": "fuzz",
    "test_limits": "",
    "test_ingest_command": "",
    "test_attacks": "",
}
"""Files that take long, in the order in which they begin, and what keeps the tests of a file (or two) together."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; tests that share fixtures go to one worker."""
    order = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))
    for item in items:
        if group := LONG.get(item.path.stem, item.path.stem):
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def gongkai() -> Gongkai:
    """The command line: `gongkai("status", published=path)`."""
    return run_gongkai


@pytest.fixture(scope="session")
def built_samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published warehouse of samples/reports, built once for all workers. Tests that change things copy it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # then each worker has a folder of its own in this one
        folder = folder.parent
    published = folder / "samples" / "gongkai.duckdb"
    with (folder / "samples.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not published.exists():
            done = run_gongkai("run", ROOT / "samples" / "reports", published=published)
            assert done.returncode == 0, done.stderr
    return published


@pytest.fixture(scope="session")
def warehouses(built_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The built sets of reports that are there, by name: samples, regression and exam reports, development corpus."""
    from scripts.renew_report_card import SETS

    built = {"samples": built_samples}
    for name, (folders, _) in SETS.items():
        if name not in built and all(folder.is_dir() for folder in folders):
            built[name] = tmp_path_factory.mktemp(name) / "gongkai.duckdb"
            done = run_gongkai("run", *folders, published=built[name])
            assert done.returncode == 0, done.stderr
    return built
