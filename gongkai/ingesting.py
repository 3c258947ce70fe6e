"""Ingesting into a warehouse: what `ingest` needs of it is opened here and handed in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from gongkai.building.compiling import compiled_file
from gongkai.lake import Lake
from gongkai.lake.place import Place
from gongkai.rules.own import project_for
from gongkai.warehouse import Warehouse
from gongkai.warehouse.lock import in_the_way, not_writable
from gongkai.warehouse.work import open_work
from ingest.expected import ExpectedBodies, land_expected
from ingest.find import check_paths
from ingest.intake import Summary, ingest_paths
from ingest.limits import Limits
from ingest.manifest import Manifest
from ingest.storage import Source
from ingest.taking import ReadHere, Reading


def ingest_into(
    warehouse: Warehouse,
    paths: list[Source],
    *,
    limits: Limits,
    manifest: Manifest | None = None,
    expected: ExpectedBodies | None = None,
    mirror: bool = False,
    workers: int | None = None,
    arguments: list[str] | None = None,
    keep: bool = False,
    lake: Source | None = None,
    reading: Reading | None = None,
    on_progress: Callable[[Summary], None] = lambda summary: None,
    on_restored: Callable[[int], None] = lambda documents: None,
    on_taken: Callable[[int], None] = lambda documents: None,
) -> Summary:
    """Land everything below `paths`, but the warehouse's own files, in its work file: see `ingest_paths`.

    `expected`: who must report, in the place of the list given before. `keep`: also keep what was read beside the
    warehouse, so that its pages can be looked at. `lake`: where raw is kept as Parquet too, and where what raw has not
    is taken from first. `reading`: who reads, in the place of so many processes of this machine. `on_restored` is told
    how many documents a lost work file got back from the published one, `on_taken` how many came from the lake.
    """
    check_paths(paths)
    project = project_for(warehouse)  # readers go by its words
    if keep:
        try:
            warehouse.originals.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise not_writable(warehouse, error) from error
    with (
        open_work(warehouse, on_restored, partial(compiled_file, project, warehouse.scratch_folder)) as connection,
        _temp_folder(warehouse) as temp_folder,
        nullcontext() if lake is None else Lake(lake, connection, temp_folder) as kept,
    ):
        if kept is not None:
            on_taken(kept.taken)
        if expected is not None:
            land_expected(connection, expected)
        originals = warehouse.originals.absolute() if keep else None

        def progress(summary: Summary) -> None:
            if kept is not None:
                kept.follow(summary.landed)
            on_progress(summary)

        return ingest_paths(
            paths,
            connection,
            temp_folder=temp_folder,
            leave_out=[*warehouse.own_files(), *([] if lake is None else [lake])],
            limits=limits,
            manifest=manifest,
            mirror=mirror,
            reading=reading or ReadHere(workers, originals),
            read_all=keep,
            arguments=arguments,
            on_progress=progress,
        )


def take_from_lake(
    warehouse: Warehouse, lake: Source, on_restored: Callable[[int], None] = lambda documents: None
) -> int:
    """Land what a lake holds and the work file does not, and the other way round; the number of documents taken.

    UsageError where neither is there.
    """
    if not warehouse.work.exists() and not warehouse.published.exists():
        Place(lake, begin=False)
    with (
        open_work(warehouse, on_restored) as connection,
        _temp_folder(warehouse) as temp_folder,
        Lake(lake, connection, temp_folder) as kept,
    ):
        return kept.taken


_MARK = "of-a-run"
"""A file in the folder, which tells it from a folder of somebody else's."""


def _is_left_behind(folder: Path) -> bool:
    """Whether a killed run left this."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    return (folder / _MARK).is_file() or not any(folder.iterdir())


@contextmanager
def _temp_folder(warehouse: Warehouse) -> Iterator[Path]:
    """A folder for what readers write aside, beside the work file: what a killed run left there is removed."""
    folder = warehouse.temp_folder
    if os.path.lexists(folder) and not _is_left_behind(folder):
        raise in_the_way(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / _MARK).touch()
    try:
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
