"""The raw tables, declared once: what ingest lands, and all that dbt and evidence know of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a reading process does without it, and would need a fifth of a second to import it
    import duckdb

Columns = dict[str, str]
"""Names of columns, each with its type in DuckDB and whether it may be empty."""

DOCUMENT_COLUMNS: Columns = {
    "document_id": "varchar not null",
    "source_file": "varchar not null",
    "archive_member": "varchar not null",
    "media_type": "varchar not null",
    "size_bytes": "bigint not null",
    "reader": "varchar not null",
    "reader_version": "varchar not null",
    "page_count": "integer",
    "char_count": "bigint not null",
    "encoding": "varchar",
    "ocr_used": "boolean not null",
    "properties": "varchar not null",
}
"""What is known of a document once it is read."""

MANIFEST_COLUMNS: Columns = {
    "manifest_url": "varchar",
    "manifest_agency": "varchar",
    "manifest_year": "integer",
    "manifest_published_on": "date",
}
"""What the user says of it."""

PLACE_COLUMNS: Columns = {
    "document_id": "varchar not null",
    "source_file": "varchar not null",
    "archive_member": "varchar not null",
}
"""Where its content was met."""

REJECT_COLUMNS: Columns = {
    "source_file": "varchar not null",
    "archive_member": "varchar not null",
    "sha256": "varchar",
    "reason_code": "varchar not null",
    "detail": "varchar not null",
}
"""What was not landed, and why."""

BOX_COLUMNS: Columns = dict.fromkeys(("box_left", "box_top", "box_right", "box_bottom"), "double")
"""Where something stands on its page, as `Box` has it; empty where there are no pages or the place is not known."""
EXPECTED_COLUMNS: Columns = {
    "agency": "varchar not null",
    "region_code": "varchar",
    "from_year": "integer",
    "to_year": "integer",
}
"""Who must report, as the user says."""

RAW_TABLES: dict[str, Columns] = {
    "documents": {
        **DOCUMENT_COLUMNS,
        **MANIFEST_COLUMNS,
        "first_seen_at": "timestamp not null",
        "last_seen_at": "timestamp not null",
        "content_version": "varchar not null",
        "forgotten_at": "timestamp",
    },
    "document_sources": {
        **PLACE_COLUMNS,
        "first_seen_at": "timestamp not null",
        "last_seen_at": "timestamp not null",
        "withdrawn_at": "timestamp",
        "withdrawn_by": "varchar",
    },
    "blocks": {
        "document_id": "varchar not null",
        "block_no": "integer not null",
        "kind": "varchar not null",
        "heading_level": "integer",
        "page": "integer",
        "text": "varchar not null",
        "confidence": "double",
        **BOX_COLUMNS,
    },
    "table_cells": {
        "document_id": "varchar not null",
        "table_no": "integer not null",
        "row_no": "integer not null",
        "col_no": "integer not null",
        "row_span": "integer not null",
        "col_span": "integer not null",
        "page": "integer",
        "text": "varchar not null",
        "confidence": "double",
        "after_block_no": "integer not null",
        "table_kind": "varchar not null",
        "is_computed": "boolean",
        **BOX_COLUMNS,
    },
    "rejects": {
        **REJECT_COLUMNS,
        "seen_at": "timestamp not null",
    },
    "expected_bodies": EXPECTED_COLUMNS,
    "ingest_runs": {
        "run_id": "varchar not null",
        "started_at": "timestamp not null",
        "finished_at": "timestamp",
        "arguments": "varchar not null",
        "seen_count": "integer",
        "landed_count": "integer",
        "unchanged_count": "integer",
        "rejected_count": "integer",
        "duration_seconds": "double",
        "software_version": "varchar not null",
        "paths": "varchar[]",
        "withdrawn_count": "integer",
    },
}
"""DDL and Arrow schemas are made of this; a test compares it with `models/staging/_raw__sources.yml`."""


def create_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the raw tables where they are missing, and add columns that an older version did not have."""
    connection.execute("create schema if not exists raw")
    for table, columns in RAW_TABLES.items():
        definitions = ", ".join(f"{name} {definition}" for name, definition in columns.items())
        connection.execute(f"create table if not exists raw.{table} ({definitions})")
        for name, definition in columns.items():
            kind = definition.removesuffix(" not null")
            connection.execute(f"alter table raw.{table} add column if not exists {name} {kind}")
