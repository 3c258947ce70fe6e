"""`gongkai doctor`: whether everything that Gongkai needs is there, and what to install where it is not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Literal, NamedTuple

from gongkai.console import DEFAULT_WAREHOUSE, Debug, RulesOption, WarehouseOption, say
from gongkai.rules.own import own_rules
from gongkai.warehouse import Warehouse
from gongkai.warehouse.lock import write_lock
from gongkai.warehouse.ownership import require_ours
from gongkai.warehouse.settings import allowance
from ingest.errors import GongkaiError
from ingest.sandbox import not_limited
from ingest.shipped import INSTALL_AGAIN, shipped_project

_NEEDED = ("duckdb", "dbt-core", "dbt-duckdb", "polars", "pyarrow", "pdfplumber", "pypdfium2", "python-docx", "lxml",
           "fastexcel", "xlsxwriter", "typer", "rich", "marimo", "altair")  # fmt: skip
_ROOM = 1 << 30


class Check(NamedTuple):
    """What was looked at, how it is, and what to do. `missing` matters to some files only; `wrong` to every run."""

    state: Literal["ok", "missing", "wrong"]
    subject: str
    detail: str


def doctor(warehouse: WarehouseOption = DEFAULT_WAREHOUSE, rules: RulesOption = None, debug: Debug = False) -> int:
    """Look at versions, the dbt project, helpers for old formats and scans, fonts, disk and lock."""
    checks = [
        *_packages(),
        *_project(warehouse),
        _office(),
        _ocr(),
        _fonts(),
        _isolation(),
        _memory(warehouse),
        *_disk(warehouse),
    ]
    for check in checks:
        say(f"{check.state:<8}{check.subject}: {check.detail}")
    wrong = sum(check.state == "wrong" for check in checks)
    missing = sum(check.state == "missing" for check in checks)
    say("everything needed is there" + (f"; {missing} optional parts are missing" if missing else "") if not wrong
        else f"{wrong} things are wrong")  # fmt: skip
    return 1 if wrong else 0


def _packages() -> Iterator[Check]:
    yield Check("ok", "python", platform.python_version())
    for package in ("gongkai-warehouse", *_NEEDED):
        try:
            yield Check("ok", package, version(package))
        except PackageNotFoundError:
            yield Check("wrong", package, f"is missing; {INSTALL_AGAIN}")


def _project(warehouse: Warehouse) -> Iterator[Check]:
    try:
        folder = shipped_project()
        own = own_rules(warehouse)
    except GongkaiError as error:
        yield Check("wrong", "dbt project", str(error))
        return
    missing = [part for part in ("profiles.yml", "models", "seeds", "macros") if not (folder / part).exists()]
    if missing:
        yield Check("wrong", "dbt project", f"{folder} lacks {', '.join(missing)}; {INSTALL_AGAIN}")
    else:
        yield Check("ok", "dbt project", str(folder))
    if own is None:
        yield Check("ok", "own rules", f"none; rows in {warehouse.rules} (or --rules DIR) would join those that ship")
    else:
        names = ", ".join(sorted(path.stem for path in own.rglob("*.csv"))) or "no csv file"
        yield Check("ok", "own rules", f"{own}: {names} (gongkai check looks at them)")


def _office() -> Check:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        packages = "libreoffice-writer-nogui libreoffice-calc-nogui"
        return Check("missing", "LibreOffice", f"needed for .doc, .wps and .rtf; apt-get install {packages}")
    return Check("ok", "LibreOffice", _first_line([program, "--version"]) or program)


def _ocr() -> Check:
    lacking = [module for module in ("rapidocr", "onnxruntime", "cv2") if find_spec(module) is None]
    if lacking:
        return Check("missing", "ocr extra", "needed for scans; pip install 'gongkai-warehouse[ocr]'")
    return Check("ok", "ocr extra", f"rapidocr {version('rapidocr')}")


def _fonts() -> Check:
    """Chinese fonts matter where charts are drawn and old formats are converted."""
    program = shutil.which("fc-list")
    if program is None:
        return Check("missing", "Chinese fonts", "fc-list is missing; apt-get install fontconfig fonts-noto-cjk")
    font = _first_line([program, ":lang=zh", "family"])
    if not font:
        return Check("missing", "Chinese fonts", "needed for charts and old formats; apt-get install fonts-noto-cjk")
    return Check("ok", "Chinese fonts", font)


def _isolation() -> Check:
    """Whether the system cuts reading processes, and LibreOffice below them, off from the network."""
    probe = [
        sys.executable,
        "-c",
        "from ingest.sandbox import cut_network; print('cut' if cut_network() else 'not cut')",
    ]
    if lacking := not_limited():
        return Check(
            "missing", "isolation", f"{platform.system()}: {lacking}; read files of strangers on Linux (Docker)"
        )
    if _first_line(probe) == "cut":
        return Check("ok", "isolation", "reading processes and LibreOffice have no network")
    return Check(
        "missing", "isolation", "this system grants no network namespace: readers open no connection, but LibreOffice "
        "and libraries could; in a container, run it with --network none or --cap-add SYS_ADMIN",
    )  # fmt: skip


def _memory(warehouse: Warehouse) -> Check:
    try:
        memory, folder = allowance(warehouse.absolute().spill_folder)
    except GongkaiError as error:
        return Check("wrong", "memory", str(error))
    return Check(
        "ok", "memory", f"a build takes up to {memory} (GONGKAI_MEMORY); what is more goes to {folder} (GONGKAI_TEMP)"
    )


def _disk(warehouse: Warehouse) -> Iterator[Check]:
    folder = next(parent for parent in warehouse.published.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield Check("wrong", "disk", f"{folder} cannot be written; give the right, or name another place: --warehouse")
        return
    free = shutil.disk_usage(folder).free
    if free < _ROOM:
        yield Check("wrong", "disk", f"only {free >> 20} MiB are free in {folder}; make room for at least 1 GiB")
    else:
        yield Check("ok", "disk", f"{free >> 30} GiB are free in {folder}")
    if not warehouse.work.exists() and not warehouse.published.exists():
        yield Check("ok", "warehouse", f"{warehouse} is not there yet; gongkai run FOLDER makes it")
        return
    try:
        require_ours(warehouse.absolute())
        with write_lock(warehouse.absolute()):
            yield Check("ok", "warehouse", f"{warehouse} is there, and nobody is writing to it")
    except GongkaiError as error:
        yield Check("wrong", "warehouse", str(error))


def _first_line(command: list[str]) -> str:
    """The first line that a program prints; empty where it fails or takes long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else ""
