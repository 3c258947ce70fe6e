"""The raw tables are what the dbt sources say."""

from __future__ import annotations

import yaml
from helpers.command import ROOT

from ingest.documents.arrow import BLOCK_SCHEMA, CELL_SCHEMA, DOCUMENT_SCHEMA
from ingest.documents.raw import RAW_TABLES
from ingest.errors import NEXT_STEPS, RejectReason

SOURCES = ROOT / "models" / "staging" / "_raw__sources.yml"


def test_the_tables_are_those_of_the_dbt_sources() -> None:
    tables = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))["sources"][0]["tables"]
    described = {table["name"]: {c["name"]: c["data_type"] for c in table["columns"]} for table in tables}
    made = {
        table: {name: definition.removesuffix(" not null") for name, definition in columns.items()}
        for table, columns in RAW_TABLES.items()
    }
    assert made == described


def test_readers_give_columns_that_raw_has() -> None:
    for table, schema in (("documents", DOCUMENT_SCHEMA), ("blocks", BLOCK_SCHEMA), ("table_cells", CELL_SCHEMA)):
        assert set(schema.names) <= set(RAW_TABLES[table])


def test_every_reason_has_a_next_step() -> None:
    assert set(NEXT_STEPS) == set(RejectReason)
    assert all(reason.next_step.strip() for reason in RejectReason)
