"""A machine of the cluster, for what runs on it: whether it is as the others are, and where it may write aside."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
from pathlib import Path

import ingest
from gongkai.project import rules_fingerprint
from ingest.errors import GongkaiError
from ingest.shipped import project_folder

_FOLDER = "gongkai-of-"
"""What the name of a process's temporary folder begins with, before its number."""


def what_runs_here() -> str:
    """A hash of the rules that this machine goes by, and of the code that reads and builds by them."""
    packages = Path(__file__).parents[1], Path(ingest.__file__).parent
    code = b"".join(path.read_bytes() for package in packages for path in sorted(package.rglob("*.py")))
    try:
        return f"{rules_fingerprint(project_folder())} {hashlib.sha256(code).hexdigest()}"
    except OSError:  # the folder of somebody's own rules, which only the other machine has
        return ""


def require_same(here: str, there: str, node: str = "") -> None:
    """GongkaiError where a machine, this one if none is named, does not run what it is asked to be a part of."""
    if here != there:
        raise GongkaiError(
            f"{node or platform.node()} has another version of gongkai, or other rules, than the machine that began; "
            "install the same on every machine of the cluster (rules of your own: in a folder that all of them have)"
        )


def own_folder() -> tempfile.TemporaryDirectory[str]:
    """A temporary folder for this process. What one that was killed left on this machine is removed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*-*"):
        number = left.name.removeprefix(_FOLDER).partition("-")[0]
        if number.isdigit() and not _is_there(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{_FOLDER}{os.getpid()}-")


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is somebody else's
        pass
    return True
