"""A short proof of what the dbt project holds, and its settings."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ingest.errors import GongkaiError
from ingest.shipped import INSTALL_AGAIN

_RULE_FOLDERS = ("models", "seeds", "macros", "tests")
_RULE_ENDINGS = {".sql", ".csv", ".yml", ".md"}
_BUILDING_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb")


def setting(project: Path, name: str) -> int:
    """A number of the settings in dbt_project.yml (vars: gongkai:). GongkaiError where it is none, or less than 1."""
    # Imported here: most commands need no setting.
    import yaml

    path = project / "dbt_project.yml"
    try:
        value = yaml.safe_load(path.read_text("utf-8"))["vars"]["gongkai"][name]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise GongkaiError(f"{path}: the setting {name} is not there; write it below vars: gongkai:") from error
    if not isinstance(value, int) or value < 1:
        raise GongkaiError(f"{path}: {name} is {value!r}; it must be a whole number from 1")
    return value


def rule_files(project: Path) -> Iterator[Path]:
    """The files that decide what a build makes, in a fixed order."""
    yield project / "dbt_project.yml"
    yield project / "profiles.yml"
    for name in _RULE_FOLDERS:
        for folder, folders, files in os.walk(project / name):
            folders[:] = sorted(each for each in folders if each not in {"python", "__pycache__"})
            for file in sorted(files):
                if Path(file).suffix in _RULE_ENDINGS:
                    yield Path(folder, file)


def rule_digests(project: Path) -> dict[str, str]:
    """A hash of the content of every rule file, by its path in the project."""
    return {
        path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in rule_files(project)
    }


def rules_fingerprint(project: Path) -> str:
    """A hash of every rule file and of the versions of the tools that turn them into tables."""
    return _fingerprint(rule_digests(project))


def macros_fingerprint(project: Path) -> str:
    """A hash of the macros alone, and of the tools: dbt tells no model which of its macros changed."""
    return _fingerprint({path: digest for path, digest in rule_digests(project).items() if path.startswith("macros/")})


def tool_versions(*, without_patch: bool = False) -> str:
    """The packages that turn rules into tables, a line each. GongkaiError where one is missing.

    `without_patch`: 2.0 of 2.0.1. What dbt compiles is the same with any patch of a release, and DuckDB reads the files
    of each; pip may take a later patch than the one that a wheel was compiled with.
    """
    lines = []
    for package in _BUILDING_PACKAGES:
        try:
            number = version(package)
        except PackageNotFoundError as error:
            raise GongkaiError(f"the Python package {package} is missing; {INSTALL_AGAIN}") from error
        lines.append(f"{package} {'.'.join(number.split('.')[:2]) if without_patch else number}\n")
    return "".join(lines)


def _fingerprint(digests: dict[str, str]) -> str:
    lines = "".join(f"{path} {digest}\n" for path, digest in digests.items())
    return hashlib.sha256(f"{tool_versions()}{lines}".encode()).hexdigest()
