"""Rows as parquet files: the very values, with what each column means in the file itself."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from gongkai.export.files import remove_ours, replacing, target_folder
from gongkai.export.marts import Column, Columns, arrow_batches, columns, ordered, table_description
from gongkai.publications import latest
from gongkai.warehouse.sql import literal

_GROUP_ROWS = 50_000
"""Rows that a reader may skip at once by region and year, and that are in memory at a time."""
_NO_YEAR = "__HIVE_DEFAULT_PARTITION__"
"""What readers of partitions take for NULL."""


def write_parquet(
    connection: duckdb.DuckDBPyConnection, query: str, target: Path, table: str = "", own: Sequence[Column] = ()
) -> int:
    """Write the rows of a query as parquet, values exactly as they are in the warehouse. Returns the number of rows.

    The publication that they are of and the description of the table stand in the file's metadata, the description of
    each column in the column's.
    """
    said = {column.name: column.description for column in own}
    about = {
        "publication": str(latest(connection) or "not numbered"),
        "description": table_description(connection, table),
    }
    reader = arrow_batches(connection, query, _GROUP_ROWS)
    schema = pa.schema(
        [each.with_metadata({"description": said.get(each.name, "")}) for each in reader.schema], metadata=about
    )
    count = 0
    with replacing(target) as path, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        # What readers other than Arrow's see of the metadata of a file.
        writer.add_key_value_metadata(about)
        for batch in reader:
            count += batch.num_rows
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
    return count


def write_partitions(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: str, chosen: Columns
) -> tuple[int, list[Path]]:
    """Write a mart as a folder of files, one a year (Hive: TABLE/year=2019/TABLE.parquet). Returns rows and files.

    The year stands in the name of the folder alone, as readers of such folders expect.
    """
    own = [column for column in columns(connection, table) if column.name != "year"]
    kept = {column.name for column in own} & chosen.get(table, {column.name for column in own})
    years = connection.execute(f"select distinct year from marts.{table} order by year").fetchall()  # noqa: S608
    part = target_folder(folder, table)
    made: list[Path] = []
    count = 0
    for (year,) in years:
        name = f"year={_NO_YEAR if year is None else year}"
        target = target_folder(part, name) / f"{table}.parquet"
        condition = "mart.year is null" if year is None else f"mart.year = {literal(year)}"
        query = ordered(connection, table, {table: kept}, condition)
        count += write_parquet(connection, query, target, table, own)
        made.append(target)
    for old in part.glob("year=*/*.parquet"):
        if old not in made:
            remove_ours(old)
            if not any(old.parent.iterdir()):
                shutil.rmtree(old.parent)
    return count, made
