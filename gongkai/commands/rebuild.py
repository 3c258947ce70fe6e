"""`gongkai rebuild`: mends a warehouse whose files are lost or damaged."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai.commands.build import build_and_tell
from gongkai.commands.ingest import ExpectedFile, Keep, LimitSettings, ManifestFile, Workers, run_ingest
from gongkai.commands.run import print_summary
from gongkai.console import DEFAULT_WAREHOUSE, Debug, RulesOption, WarehouseOption, say
from gongkai.summary import Told

Originals = Annotated[
    list[str] | None,
    typer.Argument(help="Files and folders to read again, where raw is lost.", show_default=False),
]


def rebuild(
    paths: Originals = None,
    manifest: ManifestFile = None,
    expected: ExpectedFile = None,
    limit: LimitSettings = None,
    workers: Workers = None,
    keep: Keep = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    rules: RulesOption = None,
    debug: Debug = False,
) -> None:
    """Mend a warehouse: raw from the work file or the published one, whichever can be read, or from PATHS; then build.

    Damaged files are renamed, never removed.
    """
    # imported here, as DuckDB takes a while that `gongkai --help` need not wait for
    from gongkai.rebuilding import mend
    from ingest.find import check_paths
    from ingest.storage import source_of

    check_paths(map(source_of, paths or []))
    mended = mend(warehouse, originals=bool(paths))
    for kept in mended.kept:
        say(f"a damaged file is kept as {kept}; remove it when you need nothing of it")
    if mended.source is not None:
        say(f"{mended.documents} documents taken over from {mended.source}")
    if paths:
        run_ingest(
            paths,
            warehouse,
            manifest=manifest,
            expected=expected,
            mirror=False,
            limit=limit,
            workers=workers,
            keep=keep,
        )
    build_and_tell(warehouse, Told("rebuild", warehouse), full_refresh=True)
    print_summary(warehouse)
