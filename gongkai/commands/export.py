"""`gongkai export`: a workbook, csv, parquet and database files, or a PostgreSQL database, out of published marts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gongkai.console import DEFAULT_WAREHOUSE, AsJson, Debug, WarehouseOption, say, tell_json
from gongkai.warehouse import Warehouse
from ingest.errors import UsageError


class Format(StrEnum):
    """The formats, told here so that other commands need not wait for what writes them."""

    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"
    DUCKDB = "duckdb"
    SQLITE = "sqlite"


class Lang(StrEnum):
    """The languages of headings."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


class Partition(StrEnum):
    """What parquet files may be parted by."""

    YEAR = "year"


_DATABASES = ("postgresql://", "postgres://")

To = Annotated[
    str,
    typer.Option(
        "--to",
        help="The folder to write to, made where it is missing; or postgresql://USER@HOST/DATABASE, which gets the "
        "marts as tables in one transaction, in place of the last ones.",
        metavar="<folder or postgresql://…>",
    ),
]
Formats = Annotated[
    list[Format] | None,
    typer.Option(
        "--format",
        help="xlsx, csv, parquet, duckdb or sqlite; may be given several times. The first three by default.",
        show_default=False,
    ),
]
Language = Annotated[Lang, typer.Option("--lang", help="The language of the workbook's headings and words.")]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        help="Marts to export, such as fct_*, or columns of one, such as observations.value; several with commas.",
        show_default=False,
        metavar="<marts>",
    ),
]
Where = Annotated[
    str,
    typer.Option(
        "--where",
        help="Rows to export: a condition in SQL such as \"year >= 2019 and province_name = '浙江省'\". Of marts about "
        "reports it may name year, agency, region, level, scope and form; marts without its columns stay whole.",
        show_default=False,
        metavar="<condition>",
    ),
]
ByYear = Annotated[
    Partition | None,
    typer.Option("--partition", help="Part parquet files by year: TABLE/year=2019/TABLE.parquet.", show_default=False),
]
Schema = Annotated[str, typer.Option("--schema", help="The schema of a PostgreSQL database that gets the marts.")]
Port = Annotated[
    int,
    typer.Option(
        "--explorer-port", help="The port of gongkai explore that links of the workbook lead to.", min=1, max=65535
    ),
]


def export(
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    to: To = "exports",
    formats: Formats = None,
    lang: Language = Lang.ZH,
    select: Select = None,
    where: Where = "",
    partition: ByYear = None,
    schema: Schema = "gongkai",
    explorer_port: Port = 8700,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Write the published marts as a workbook, csv, parquet or database files, or into a PostgreSQL database."""
    # Imported here: polars and XlsxWriter take a moment that the other commands need not wait for.
    from gongkai.export.exporting import USUAL, Kind, export_files
    from gongkai.export.picking import picked
    from gongkai.export.wording import Language as Spoken
    from gongkai.publications import latest

    if to.startswith(_DATABASES):
        if formats:
            raise UsageError("--format is for files; a database takes the marts as tables")
        told = _to_database(warehouse, to, schema, select or [], where)
        if as_json:
            tell_json(told)
        return
    kinds = [Kind(each.value) for each in formats] if formats else USUAL
    if partition is not None and Kind.PARQUET not in kinds:
        raise UsageError("--partition is for parquet files; add --format parquet")
    with picked(warehouse, select or [], where) as what:
        if publication := latest(what.connection):
            say(f"{warehouse}: {publication}")
        if what.reports == 0:
            say(f"no report meets --where {where}; what is written has none")
        if what.whole:
            say(f"not narrowed, as they lack columns of the condition: {', '.join(what.whole)}")
        every = []
        for written in export_files(
            what, Path(to), kinds, Spoken(lang.value), by_year=partition is not None, port=explorer_port
        ):
            say(str(written))
            every.append({"path": str(written.path), written.what: written.tables, "rows": written.rows})
        if as_json:
            number = publication.number if publication else None
            tell_json({"publication": number, "not_narrowed": list(what.whole), "written": every})


def _to_database(warehouse: Warehouse, address: str, schema: str, select: list[str], where: str) -> dict[str, object]:
    from gongkai.export.picking import picked
    from gongkai.export.postgres import shown, write_postgres

    with picked(warehouse, select, where) as what:
        rows = write_postgres(what, address, schema)
        say(f"{shown(address)}, schema {schema}: {len(what.names)} tables, {rows} rows")
        return {"database": shown(address), "schema": schema, "tables": len(what.names), "rows": rows}
