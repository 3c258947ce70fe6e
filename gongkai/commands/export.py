"""`gongkai export`: a workbook, csv and parquet files out of the published marts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gongkai.console import DEFAULT_WAREHOUSE, Debug, WarehouseOption, say
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published, tables


class Kind(StrEnum):
    """What can be exported."""

    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


To = Annotated[Path, typer.Option("--to", help="The folder to write to; made where it is missing.", file_okay=False)]
Kinds = Annotated[
    list[Kind], typer.Option("--format", help="xlsx, csv or parquet; may be given several times. All three by default.")
]


def export(
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    to: To = Path("exports"),
    kinds: Kinds = list(Kind),  # noqa: B006 - typer copies it
    debug: Debug = False,
) -> None:
    """Write the published marts as a workbook, csv files (UTF-8 with byte order mark) and parquet files."""
    export_to(warehouse, to, kinds)


def export_to(warehouse: Warehouse, folder: Path, kinds: list[Kind]) -> None:
    """Export and tell what was written where."""
    # Imported here: polars and XlsxWriter take a moment that the other commands need not wait for.
    from gongkai.export.csv_and_parquet import target_folder, write_csv, write_parquet
    from gongkai.export.marts import ordered
    from gongkai.export.workbook import write_workbook
    from gongkai.export.workbook_sheets import sheets
    from gongkai.publications import latest

    with open_published(warehouse) as connection:
        if publication := latest(connection):
            say(f"{warehouse}: {publication}")
        if Kind.XLSX in kinds:
            workbook = target_folder(folder, ".") / "gongkai.xlsx"
            count = write_workbook(connection, workbook, sheets(connection))
            say(f"{workbook}: {count} rows")
        for kind, write in ((Kind.CSV, write_csv), (Kind.PARQUET, write_parquet)):
            if kind in kinds:
                target = target_folder(folder, kind.value)
                names = tables(connection)
                count = sum(
                    write(connection, ordered(connection, name), target / f"{name}.{kind.value}") for name in names
                )
                say(f"{target}: {len(names)} tables, {count} rows")
