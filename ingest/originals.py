"""Files that were read, kept by their content, so that their pages can be looked at later."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import RejectError, RejectReason


@dataclass(frozen=True, slots=True)
class Originals:
    """A folder of files, each named by the SHA-256 of its bytes, in folders by the first two digits."""

    folder: Path

    def path(self, document_id: str) -> Path:
        """Where the document is or would be."""
        return self.folder / document_id[:2] / document_id

    def keep(self, document_id: str, data: bytes) -> None:
        """Write the bytes, unless they are there. RejectError where they cannot be written."""
        path = self.path(document_id)
        if path.exists():
            return
        aside = path.with_name(f"{document_id}.{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(data)
            aside.replace(path)
        except OSError as error:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            reason = error.strerror or str(error)
            raise RejectError(RejectReason.UNREADABLE, f"it cannot be kept in {self.folder}: {reason}") from error
