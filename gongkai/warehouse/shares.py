"""What is landed of some documents, as Parquet by shares of them: what goes to a shard, and what lies in a lake."""

from __future__ import annotations

from pathlib import Path

import duckdb

from gongkai.warehouse.sql import literal
from ingest.documents.raw import RAW_TABLES

SHARED_TABLES = tuple(table for table, columns in RAW_TABLES.items() if "document_id" in columns)
"""The raw tables that have rows of each document: a share has those of its documents, and none of the others."""


def share_by_id(shares: str) -> str:
    """The share of a document, from 0, as SQL: by its id, so that shares are alike in size. `shares`: how many."""
    return f"('0x' || left(document_id, 8))::bigint % {shares}"


def write_shares(connection: duckdb.DuckDBPyConnection, folder: Path, documents: str) -> None:
    """Write TABLE/share=N/*.parquet in a folder, typed as raw is, for each share that has rows.

    `documents`: a table of document_id and share, for a connection that has the work file as `gongkai`.
    """
    for table in SHARED_TABLES:
        connection.execute(
            f"copy (select * from gongkai.raw.{table} inner join {documents} using (document_id)) "
            f"to {literal(folder / table)} (format parquet, partition_by (share))"
        )


def rows_of(files: Path) -> str:
    """What `write_shares` wrote, as SQL reads it; `files` may be a pattern."""
    return f"read_parquet({literal(files)}, hive_partitioning = false)"
