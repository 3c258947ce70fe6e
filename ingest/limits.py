"""What one document may cost. Over a limit the document is rejected with the reason, and the run goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from ingest.errors import UsageError

KIB, MIB, GIB = 1024, 1024**2, 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for each document (a file, or a member of an archive); for an archive see the three fields named so."""

    bytes: int = 256 * MIB
    """Size of the file."""
    pages: int = 2_000
    """Pages of a PDF, sheets of a workbook, frames of an image."""
    decompressed_bytes: int = GIB
    """What a compressed file or archive may unpack to in all."""
    ratio: int = 200
    """Unpacked size over packed size, looked at from 10 MiB unpacked on."""
    members: int = 20_000
    """Members of an archive."""
    nesting: int = 400
    """Depth of elements in markup; archives nest one level, whatever this says."""
    cells: int = 500_000
    """Table cells, counting each place that a span covers."""
    chars: int = 10_000_000
    """Characters in blocks and cells together."""
    seconds: int = 300
    """CPU time of the reading process from opening the document to its parsed tables; so much again for LibreOffice.
    What other programs take of the machine does not count."""
    wall_seconds: int = 3_600
    """Time by the clock for the same, whoever has the machine: it ends what waits for something that never comes."""
    memory_bytes: int = 3 * GIB
    """Memory of the reading process, beyond what it takes to start."""

    @classmethod
    def parse(cls, settings: Iterable[str]) -> Limits:
        """The defaults changed by `name=value`; sizes may end in K, M or G. UsageError says what is wrong."""
        names = [entry.name for entry in fields(cls)]
        changes: dict[str, int] = {}
        for setting in settings:
            name, _, value = setting.partition("=")
            name = name.strip()
            if name not in names:
                raise UsageError(f"--limit {setting!r}: there is no such limit; the limits are {', '.join(names)}")
            match = re.fullmatch(r"\s*(\d{1,15})\s*([kmg]?)(?:i?b)?\s*", value, re.IGNORECASE)
            if match is None:
                raise UsageError(f"--limit {setting!r}: write a whole number, as in {name}=100 or {name}=64M")
            number = int(match[1]) * {"": 1, "k": KIB, "m": MIB, "g": GIB}[match[2].lower()]
            if number < 1:
                raise UsageError(f"--limit {setting!r}: a limit is at least 1")
            changes[name] = number
        return replace(cls(), **changes)
