"""How the files of the warehouse are opened, whoever opens them, and what a build may take of the machine."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ingest.errors import UsageError

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # A name that is no table must be an error, not whatever Python calls so.
    "python_enable_replacements": False,
}

_LEAST, _MOST = 1 << 30, 4 << 30
"""One query over 30,000 reports took 4.0 GB where it might, and 1.6 GB and 1.2 s more where it might not."""
_AMOUNT = re.compile(r"[0-9]+([.][0-9]+)? ?([KMGT]i?B|%)")
_CONTAINER = Path("/sys/fs/cgroup/memory.max")


class Allowance(NamedTuple):
    """What a build may take: memory for DuckDB, and a folder for what does not fit into it."""

    memory: str
    folder: Path

    def settings(self) -> dict[str, str]:
        """The same as settings of DuckDB."""
        return {"memory_limit": self.memory, "temp_directory": str(self.folder)}


def allowance(spill_folder: Path) -> Allowance:
    """Half of the machine's memory, within limits, and the folder given, unless `GONGKAI_MEMORY` and `GONGKAI_TEMP` say
    otherwise. UsageError where they are no amount, or no folder."""
    given = os.environ.get("GONGKAI_MEMORY", "")
    if given and not _AMOUNT.fullmatch(given):
        raise UsageError(f"GONGKAI_MEMORY is {given}, which is no amount; write for example 4GB or 50%")
    folder = os.environ.get("GONGKAI_TEMP", "")
    if folder and not Path(folder).is_dir():
        raise UsageError(f"GONGKAI_TEMP is {folder}, where no folder is; make it, or name another one")
    memory = given or f"{min(max(_memory_of_machine() // 2, _LEAST), _MOST) >> 20}MiB"
    return Allowance(memory, Path(folder).absolute() if folder else spill_folder)


def _memory_of_machine() -> int:
    """Bytes of memory, or of what the container may take of it."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # where there is no container, or it has no limit
        memory = min(memory, int(_CONTAINER.read_text("ascii")))
    return memory
