"""Mending a warehouse: a new work file from whatever of its files can still be read to the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from gongkai.warehouse import Warehouse
from gongkai.warehouse.lock import write_lock
from gongkai.warehouse.ownership import is_whole, published_found, set_aside, work_found
from gongkai.warehouse.settings import SETTINGS
from gongkai.warehouse.sql import attach
from gongkai.warehouse.work import make_work
from ingest.errors import GongkaiError, is_damage


@dataclass(slots=True)
class Mended:
    """What the new work file was made of (None: of nothing), its documents, and the broken files set aside."""

    source: Path | None = None
    documents: int = 0
    kept: list[Path] = field(default_factory=list)


def mend(warehouse: Warehouse, *, originals: bool) -> Mended:
    """Make the work file anew from the raw tables of the old one, or else of the published one.

    A file that cannot be read to its end is renamed, not removed. `originals`: the caller reads the documents anew, so
    there need be no file at all. GongkaiError where there is nothing to begin with, or a file is not ours.
    """
    warehouse = warehouse.absolute()
    for found in (published_found(warehouse), work_found(warehouse)):
        if found.state not in {"missing", "ours", "damaged"}:
            raise found.error()
    mended = Mended()
    with write_lock(warehouse):
        both = (work_found(warehouse), published_found(warehouse))
        candidates = [found.path for found in both if found.state == "ours"]
        if not candidates and not originals:
            raise GongkaiError(
                f"neither {warehouse.published} nor {warehouse.work} can be read; name the folders of the documents: "
                "gongkai rebuild FOLDER"
            )
        _make_from_first_readable(warehouse, candidates, mended, originals=originals)
        if warehouse.published.exists() and not is_whole(warehouse.published):
            mended.kept += filter(None, [set_aside(warehouse.published_file)])
    return mended


def _make_from_first_readable(warehouse: Warehouse, candidates: list[Path], mended: Mended, *, originals: bool) -> None:
    for source in candidates:
        try:
            if source == warehouse.work:
                _empty_log(source)
            mended.documents, former = make_work(warehouse, source)
        except duckdb.Error as error:
            if not is_damage(error):
                raise
        else:
            mended.source = source
            mended.kept += filter(None, [former])
            return
    if not originals:
        raise GongkaiError(
            f"{' and '.join(map(str, candidates))} cannot be read to the end; name the folders of the documents: "
            "gongkai rebuild FOLDER"
        )
    _, former = make_work(warehouse, None)
    mended.kept += filter(None, [former])


def _empty_log(path: Path) -> None:
    """Bring what stands in the log of a database into its file, as the file alone is replaced."""
    with duckdb.connect(config=SETTINGS) as connection:
        attach(connection, path, "emptied", "read_write")
        connection.execute("checkpoint emptied")
