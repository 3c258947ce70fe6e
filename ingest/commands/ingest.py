"""`gongkai ingest`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ingest.console import DEFAULT_WAREHOUSE, Debug, Warehouse, say
from ingest.errors import RejectReason
from ingest.limits import Limits
from ingest.manifest import read_manifest
from ingest.run import Summary, ingest_paths

_SHOWN_REJECTS = 20

Paths = Annotated[list[Path], typer.Argument(help="Files, or folders of files.", show_default=False)]
ManifestFile = Annotated[
    Path | None,
    typer.Option("--manifest", help="CSV with the columns path, url, agency, year, published_on; its values win."),
]
LimitSettings = Annotated[
    list[str] | None,
    typer.Option("--limit", help="Limit for each document, as in seconds=60 or bytes=64M; may stand several times."),
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with status 1 where a file was rejected.")]


def ingest(
    paths: Paths,
    manifest: ManifestFile = None,
    limit: LimitSettings = None,
    strict: Strict = False,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    debug: Debug = False,
) -> int:
    """Read report files into the warehouse's raw tables; files that are known already are not read again."""
    summary = run_ingest(paths, warehouse, manifest, limit or [])
    return 1 if strict and summary.rejected else 0


def run_ingest(paths: list[Path], warehouse: Path, manifest: Path | None, limit: list[str]) -> Summary:
    """Ingest with progress, and print the summary and what was rejected. Shared with `gongkai run`."""
    limits = Limits.parse(limit)
    rows = read_manifest(manifest) if manifest is not None else None
    summary = ingest_paths(paths, warehouse, limits=limits, manifest=rows, arguments=sys.argv[1:])
    say(
        f"{summary.seen} files met: {summary.landed} documents landed, {summary.unchanged} known already, "
        f"{summary.rejected} rejected, in {summary.seconds:.1f} s"
    )
    for reject in summary.rejects[:_SHOWN_REJECTS]:
        member = f"!{reject.place.archive_member}" if reject.place.archive_member else ""
        say(f"  rejected {reject.place.source_file}{member}: {reject.detail} ({reject.reason_code})")
    if summary.rejected > _SHOWN_REJECTS:
        say(f"  and {summary.rejected - _SHOWN_REJECTS} more")
    if summary.rejected:
        for reason in sorted(summary.reasons()):
            say(f"  {reason}: {RejectReason(reason).next_step}")
    return summary
