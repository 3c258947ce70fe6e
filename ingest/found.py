"""A file that was met, before anything of it is read."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.errors import RejectReason


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read at `path`, or one that is not read for `reason`; `source_file` is its name in the warehouse.

    `is_stored`: it lies in object storage, of which `path` is bucket and key until it is fetched.
    """

    path: str
    source_file: str
    reason: RejectReason | None = None
    detail: str = ""
    is_stored: bool = False
