"""`gongkai ingest`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, RulesOption, WarehouseOption, say
from gongkai.following import following
from gongkai.warehouse import Warehouse
from ingest.errors import RejectReason
from ingest.limits import Limits

if TYPE_CHECKING:
    from ingest.intake import Summary
    from ingest.taking import Reading

_SHOWN_REJECTS = 20

Paths = Annotated[
    list[str],
    typer.Argument(help="Files, or folders of files; also s3://bucket/folder.", show_default=False),
]
ManifestFile = Annotated[
    Path | None,
    typer.Option("--manifest", help="CSV with the columns path, url, agency, year, published_on; its values win."),
]
ExpectedFile = Annotated[
    Path | None,
    typer.Option(
        "--expected",
        help="CSV with the columns agency, region_code, from_year, to_year: who must report, in place of the last.",
    ),
]
Mirror = Annotated[
    bool,
    typer.Option("--mirror", help="Withdraw what earlier runs met in these paths and is no longer there."),
]
LimitSettings = Annotated[
    list[str] | None,
    typer.Option("--limit", help="Limit for each document, as in seconds=60 or bytes=64M; may stand several times."),
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with status 1 where a file was rejected.")]
Keep = Annotated[
    bool, typer.Option("--keep", help="Keep the files beside the warehouse, so that gongkai explore shows their pages.")
]
LakeFolder = Annotated[
    str | None,
    typer.Option(
        "--lake",
        help="A folder, or s3://bucket/folder: raw is kept there as Parquet too; what lies there is not read again.",
        show_default=False,
    ),
]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Reading processes.", show_default="one a core")]


def ingest(
    paths: Paths,
    manifest: ManifestFile = None,
    expected: ExpectedFile = None,
    mirror: Mirror = False,
    limit: LimitSettings = None,
    workers: Workers = None,
    strict: Strict = False,
    keep: Keep = False,
    lake: LakeFolder = None,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    rules: RulesOption = None,
    debug: Debug = False,
) -> int:
    """Read report files into the warehouse's raw tables; files that are known already are not read again."""
    summary = run_ingest(
        paths,
        warehouse,
        manifest=manifest,
        expected=expected,
        mirror=mirror,
        limit=limit,
        workers=workers,
        keep=keep,
        lake=lake,
    )
    return 1 if strict and summary.rejected else 0


def run_ingest(
    paths: list[str],
    warehouse: Warehouse,
    *,
    manifest: Path | None,
    expected: Path | None,
    mirror: bool,
    limit: list[str] | None,
    workers: int | None,
    keep: bool,
    lake: str | None = None,
    reading: Reading | None = None,
) -> Summary:
    """Ingest with a progress bar, and print what was done and what was rejected. Shared with `gongkai run`.

    `reading`: who reads, in the place of this machine.
    """
    # imported here, as Arrow and DuckDB take a while that `gongkai --help` need not wait for
    from gongkai.ingesting import ingest_into
    from ingest.expected import read_expected
    from ingest.manifest import read_manifest
    from ingest.storage import source_of

    limits = Limits.parse(limit or [])
    rows = read_manifest(manifest) if manifest is not None else None
    bodies = read_expected(expected) if expected is not None else None
    with following("reading", "files") as follow:
        summary = ingest_into(
            warehouse,
            [source_of(path) for path in paths],
            limits=limits,
            manifest=rows,
            expected=bodies,
            mirror=mirror,
            workers=workers,
            arguments=sys.argv[1:],
            keep=keep,
            lake=None if lake is None else source_of(lake),
            reading=reading,
            on_progress=lambda summary: follow(summary.done, summary.seen, ""),
            on_restored=partial(tell_restored, warehouse),
            on_taken=partial(tell_taken, lake),
        )
    say(
        f"{summary.seen} files met: {summary.landed} documents landed, {summary.unchanged} known already, "
        f"{summary.rejected} rejected, in {summary.seconds:.1f} s"
    )
    if summary.withdrawn:
        say(f"  {summary.withdrawn} places where nothing is any more: what stood there is withdrawn, and kept in raw")
    if summary.manifest_rows_not_met:
        few = ", ".join(summary.manifest_rows_not_met[:3])
        say(f"  {len(summary.manifest_rows_not_met)} rows of the manifest name no document that was met, as {few}")
    for reject in summary.rejects[:_SHOWN_REJECTS]:
        member = f"!{reject.place.archive_member}" if reject.place.archive_member else ""
        say(f"  rejected {reject.place.source_file}{member}: {reject.detail} ({reject.reason_code})")
    if summary.rejected > _SHOWN_REJECTS:
        say(f"  and {summary.rejected - _SHOWN_REJECTS} more: gongkai rejects --all")
    for reason in sorted({reject.reason_code for reject in summary.rejects}):
        say(f"  {reason}: {RejectReason(reason).next_step}")
    return summary


def run_take(warehouse: Warehouse, lake: str) -> None:
    """Bring raw and a lake to hold the same, and print what came from it."""
    from gongkai.ingesting import take_from_lake
    from ingest.storage import source_of

    tell_taken(lake, take_from_lake(warehouse, source_of(lake), partial(tell_restored, warehouse)))


def tell_taken(lake: str | None, documents: int) -> None:
    """Say what came from a lake."""
    if documents:
        say(f"{documents} documents taken over from {lake}")


def tell_restored(warehouse: Warehouse, documents: int) -> None:
    """Say that the work file was lost, and what it got back."""
    say(f"the work file of {warehouse} was lost: {documents} documents taken over from what is published")
