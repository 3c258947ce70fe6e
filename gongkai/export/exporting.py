"""An export as a whole: what is picked goes out in each format, and what was written is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb

from gongkai.export.csv_files import write_csv
from gongkai.export.data_package import Resource, write_package
from gongkai.export.database_files import write_duckdb, write_sqlite
from gongkai.export.files import target_folder
from gongkai.export.first_sheet import EXPLORER_PORT, about
from gongkai.export.labels import Labels, Language
from gongkai.export.marts import ordered, shown_columns
from gongkai.export.parquet_files import write_parquet, write_partitions
from gongkai.export.picking import Picked
from gongkai.export.workbook import write_workbook
from gongkai.export.workbook_cells import Links
from gongkai.export.workbook_sheets import sheets


class Kind(StrEnum):
    """What can be exported."""

    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"
    DUCKDB = "duckdb"
    SQLITE = "sqlite"


USUAL = [Kind.XLSX, Kind.CSV, Kind.PARQUET]


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: a file or folder, how many tables are in it, and how many rows."""

    path: Path
    tables: int
    rows: int
    what: str = "tables"

    def __str__(self) -> str:
        return f"{self.path}: {self.tables} {self.what}, {self.rows} rows" if self.tables else str(self.path)


def export_files(
    picked: Picked,
    folder: Path,
    kinds: list[Kind],
    language: Language,
    *,
    by_year: bool = False,
    port: int = EXPLORER_PORT,
) -> Iterator[Export]:
    """Write what is picked into a folder in each format, and tell of each when it is there."""
    connection = picked.connection
    target_folder(folder, ".")
    labels = Labels(connection, language)
    known = about(connection, where=picked.where, port=port)
    if Kind.XLSX in kinds:
        every = [sheet for sheet in sheets(connection, labels, picked.columns) if sheet.source in {*picked.names, ""}]
        links = Links(f"http://127.0.0.1:{port}", _folders(connection), folder.resolve())
        target = folder / "gongkai.xlsx"
        rows = write_workbook(connection, target, every, labels, known, links=links)
        yield Export(target, len(every), rows, "sheets")
    resources: list[Resource] = []
    if Kind.CSV in kinds:
        resources += (written := _csv(picked, folder))[1]
        yield written[0]
    if Kind.PARQUET in kinds:
        resources += (written := _parquet(picked, folder, by_year=by_year))[1]
        yield written[0]
    databases: dict[Kind, Callable[..., int]] = {Kind.DUCKDB: write_duckdb, Kind.SQLITE: write_sqlite}
    for kind, write in databases.items():
        if kind in kinds:
            target = folder / f"gongkai.{kind.value}"
            yield Export(target, len(picked.names), write(connection, target, picked.names, picked.columns))
    if resources:
        yield Export(write_package(folder, picked, Labels(connection, Language.BOTH), known, resources), 0, 0)


def _csv(picked: Picked, folder: Path) -> tuple[Export, list[Resource]]:
    target = target_folder(folder, "csv")
    resources = []
    rows = 0
    for name in picked.names:
        path = target / f"{name}.csv"
        rows += write_csv(picked.connection, ordered(picked.connection, name, picked.columns), path)
        resources.append(Resource(name, "csv", [path], shown_columns(picked.connection, name, picked.columns)))
    return Export(target, len(picked.names), rows), resources


def _parquet(picked: Picked, folder: Path, *, by_year: bool) -> tuple[Export, list[Resource]]:
    connection = picked.connection
    target = target_folder(folder, "parquet")
    resources = []
    rows = 0
    for name in picked.names:
        own = shown_columns(connection, name, picked.columns)
        if by_year and "year" in {column.name for column in own}:
            count, files = write_partitions(connection, target, name, picked.columns)
        else:
            files = [target / f"{name}.parquet"]
            count = write_parquet(connection, ordered(connection, name, picked.columns), files[0], name, own)
        rows += count
        if files:
            resources.append(Resource(name, "parquet", files, own))
    return Export(target, len(picked.names), rows), resources


def _folders(connection: duckdb.DuckDBPyConnection) -> list[Path]:
    """The folders that were read, newest first: where files of reports may be found."""
    rows = connection.execute(
        "select distinct on (path) path from (select unnest(paths) as path, started_at from raw.ingest_runs) "
        "order by started_at desc"
    ).fetchall()
    return [path if path.is_dir() else path.parent for path in (Path(row[0]) for row in rows)]
