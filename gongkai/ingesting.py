"""Ingesting into a warehouse: what `ingest` needs of it is opened here and handed in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work
from ingest.expected import ExpectedBodies, land_expected
from ingest.find import check_paths
from ingest.intake import Summary, ingest_paths
from ingest.limits import Limits
from ingest.manifest import Manifest


def ingest_into(
    warehouse: Warehouse,
    paths: list[Path],
    *,
    limits: Limits,
    manifest: Manifest | None = None,
    expected: ExpectedBodies | None = None,
    workers: int | None = None,
    arguments: list[str] | None = None,
    on_progress: Callable[[Summary], None] = lambda summary: None,
) -> Summary:
    """Land everything below `paths`, but the warehouse's own files, in its work file: see `ingest_paths`.

    `expected`: who must report, in the place of the list given before.
    """
    check_paths(paths)
    with open_work(warehouse) as connection, _temp_folder(warehouse) as temp_folder:
        if expected is not None:
            land_expected(connection, expected)
        return ingest_paths(
            paths,
            connection,
            temp_folder=temp_folder,
            leave_out=warehouse.own_files(),
            limits=limits,
            manifest=manifest,
            workers=workers,
            arguments=arguments,
            on_progress=on_progress,
        )


@contextmanager
def _temp_folder(warehouse: Warehouse) -> Iterator[Path]:
    """A folder for what readers write aside, beside the work file: what a killed run left there is removed."""
    folder = warehouse.temp_folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
