"""Where the rules are: the folder of the dbt project with its seeds, which readers and builds share."""

from __future__ import annotations

import os
from pathlib import Path

from ingest.errors import GongkaiError

_VARIABLE = "GONGKAI_PROJECT"
"""Set by a command for itself and the processes that it starts, never by a user: see `use_project`."""

INSTALL_AGAIN = "install it again: pip install gongkai-warehouse, or make setup in the repository"

_PACKAGES = Path(__file__).resolve().parents[1]


def checkout() -> Path | None:
    """The repository that this package lies in; None where it was installed from a wheel."""
    return _PACKAGES if (_PACKAGES / "dbt_project.yml").is_file() else None


def python_path() -> str:
    """PYTHONPATH of a process that is to find the packages that this one runs."""
    return os.pathsep.join(filter(None, [str(_PACKAGES), os.environ.get("PYTHONPATH", "")]))


def shipped_project() -> Path:
    """The project as it came with this package: the repository, or the folder in the wheel."""
    folder = checkout() or _PACKAGES / "gongkai" / "dbt_project"
    if not (folder / "dbt_project.yml").is_file():
        raise GongkaiError(f"the dbt project is missing from {folder}; {INSTALL_AGAIN}")
    return folder


def project_folder() -> Path:
    """The project that this process goes by: the one that shipped, or that with a user's own rules in it."""
    used = os.environ.get(_VARIABLE)
    return Path(used) if used else shipped_project()


def use_project(folder: Path | None) -> None:
    """Go by this project from here on, in this process and those that it starts; by the shipped one where None."""
    if folder is None:
        os.environ.pop(_VARIABLE, None)
    else:
        os.environ[_VARIABLE] = str(folder)
