"""Shared by the tests of ingest: running it in this process, and what raw holds afterwards."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import duckdb

from gongkai.ingesting import ingest_into
from gongkai.warehouse import Warehouse
from ingest.documents.raw import RAW_TABLES
from ingest.intake import Summary
from ingest.limits import Limits

REPORT = """某县水利局2016年政府信息公开工作年度报告

一、概述

2016年，本局主动公开政府信息316条，收到政府信息公开申请{count}件，均已按期答复。
"""

_TIMES = {"first_seen_at", "last_seen_at", "seen_at"}


def report(count: int = 4) -> bytes:
    """A small report in plain text; each count makes another document."""
    return REPORT.format(count=count).encode()


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder and give the folder back."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def zip_file(members: dict[str, bytes]) -> bytes:
    """A zip of files by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def ingest(published: Path, *paths: Path, **options: Any) -> Summary:
    """A run in this process, with its readers in processes of their own."""
    options.setdefault("limits", Limits())
    return ingest_into(Warehouse(published), list(paths), **options)


def rows(published: Path, query: str) -> list[tuple[Any, ...]]:
    """The answer of the work file to a query."""
    with duckdb.connect(str(Warehouse(published).work), read_only=True) as connection:
        return connection.execute(query).fetchall()


def raw(published: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All of raw but the runs and the times, in a fixed order."""
    tables = {}
    for table, columns in RAW_TABLES.items():
        if table != "ingest_runs":
            kept = ", ".join(name for name in columns if name not in _TIMES)
            tables[table] = rows(published, f"select {kept} from raw.{table} order by all")
    return tables


def reasons(published: Path) -> dict[str, str]:
    """Reason by file (and member, behind an exclamation mark) of all rejects."""
    found = rows(published, "select source_file, archive_member, reason_code from raw.rejects")
    return {f"{file}!{member}" if member else file: reason for file, member, reason in found}
