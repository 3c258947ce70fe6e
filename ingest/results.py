"""What comes of reading files: documents landed, documents known already, and rejects, each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.documents.arrow import DocumentTables


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document was met: the file (relative to the folder given) and the path inside where it is an archive."""

    source_file: str
    archive_member: str = ""


@dataclass(frozen=True, slots=True)
class Landed:
    """A document that was read."""

    place: Place
    document_id: str
    tables: DocumentTables


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A document that raw holds already, as this version of the reader makes it."""

    place: Place
    document_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document that was not landed, and why. `sha256` is None where the bytes could not be read."""

    place: Place
    sha256: str | None
    reason_code: str
    detail: str


Result = Landed | Unchanged | Rejected
"""What comes of reading one document."""


@dataclass(frozen=True, slots=True)
class LandedTogether:
    """Documents that a process read one after another, none of them twice: where each was met, and the rows of all."""

    documents: tuple[tuple[Place, str], ...]
    """Each with its document_id."""
    tables: DocumentTables


Taken = LandedTogether | Unchanged | Rejected
"""What the run is given of it."""
