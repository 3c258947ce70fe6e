"""Copying into the published file: where few documents or regions changed, their rows alone are exchanged."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from helpers.of_numbers import ROWS, count, warehouse_of_numbers

from gongkai.building import ledger
from gongkai.publishing import publish, published_fingerprint
from gongkai.warehouse import Warehouse, state
from gongkai.warehouse.work import open_work


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return warehouse_of_numbers(tmp_path / "w.duckdb")


def by_documents(path: Path, versions: dict[str, str]) -> None:
    """Make the work file's observations and their ledger those of the documents, each with its version as value."""
    with open_work(Warehouse(path)) as connection:
        connection.execute(
            "create or replace table marts.observations (document_id varchar, value varchar, report_id varchar)"
        )
        connection.executemany(
            "insert into marts.observations values ($1, $2, 'r' || $1)", [list(item) for item in versions.items()]
        )
        connection.execute(
            "create or replace table marts.dim_report as "
            "select report_id, document_id, true as is_current from marts.observations"
        )
        connection.execute("delete from raw.documents")
        connection.executemany(
            "insert into raw.documents by name select ? as document_id, 'a.txt' as source_file, '' as archive_member, "
            "'text/plain' as media_type, 1 as size_bytes, 'txt' as reader, '1' as reader_version, 1 as char_count, "
            "false as ocr_used, '{}' as properties, timestamp '2026-01-01' as first_seen_at, "
            "timestamp '2026-01-01' as last_seen_at, ? as content_version",
            [list(item) for item in versions.items()],
        )
        note_built(connection, "observations", "documents")


def note_built(connection: duckdb.DuckDBPyConnection, model: str, kind: str) -> None:
    """Have the ledger say that a model is built for all of its keys."""
    state.open_for_build(connection)
    ledger.find_changes(connection, kind)
    connection.execute("delete from state.models_built where model = ?", [model])
    connection.execute(
        "insert into state.models_built select ?, kind, 'rules', max(change) from state.key_changes where kind = ? "
        "group by kind",
        [model, kind],
    )


def observations(path: Path) -> dict[str, str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return dict(connection.sql("select document_id, value from marts.observations").fetchall())


@pytest.fixture
def hundred(published: Path) -> dict[str, str]:
    """A hundred documents, published."""
    versions = {f"d{number}": "old" for number in range(100)}
    by_documents(published, versions)
    publish(Warehouse(published), "f1")
    return versions


def spoil_the_work_files_old_rows(path: Path) -> None:
    """Change rows whose version says that they did not: only a full copy brings them along."""
    with open_work(Warehouse(path)) as connection:
        connection.execute("update marts.observations set value = 'copied' where value = 'old'")


def test_where_few_documents_changed_only_their_rows_are_exchanged(published: Path, hundred: dict[str, str]) -> None:
    changed = {key: value for key, value in hundred.items() if key != "d3"} | {"d1": "new", "d100": "new"}
    by_documents(published, changed)
    spoil_the_work_files_old_rows(published)
    publish(Warehouse(published), "f2", by_document=True)
    assert observations(published) == changed
    assert published_fingerprint(Warehouse(published)) == "f2"
    assert count(published) == count(published, "raw.blocks") == ROWS


@pytest.mark.parametrize("reason", ["other rules", "many changed", "written to", "other columns"])
def test_otherwise_the_table_is_copied_whole(published: Path, hundred: dict[str, str], reason: str) -> None:
    many = {f"d{number}" for number in range(50)} if reason == "many changed" else {"d1"}
    by_documents(published, hundred | dict.fromkeys(many, "new"))
    spoil_the_work_files_old_rows(published)
    if reason == "written to":
        with duckdb.connect(str(published)) as connection:
            connection.execute("update marts.observations set value = 'by an analyst' where document_id = 'd9'")
    if reason == "other columns":
        with open_work(Warehouse(published)) as connection:
            connection.execute("comment on column marts.observations.value is 'the value'")
    publish(Warehouse(published), "f2", by_document=reason != "other rules")
    assert observations(published) == {key: "new" if key in many else "copied" for key in hundred}


def by_regions(path: Path, versions: dict[str, str]) -> None:
    """The same of a mart by region; an empty key is the whole country, whose code is NULL."""
    with open_work(Warehouse(path)) as connection:
        connection.execute("create or replace table marts.regional_series (region_code varchar, value varchar)")
        connection.executemany(
            "insert into marts.regional_series values (nullif($1, ''), $2)", [list(item) for item in versions.items()]
        )
        connection.execute(
            "create schema if not exists intermediate; create or replace table intermediate.int_region_contexts as "
            "select region_code, value as context_version from marts.regional_series"
        )
        note_built(connection, "regional_series", "int_region_contexts")


@pytest.mark.parametrize(("changed", "others"), [(3, "old"), (15, "copied")])
def test_rows_of_regions_are_exchanged_and_go_with_their_region(
    published: Path, hundred: dict[str, str], changed: int, others: str
) -> None:
    """Where most of them changed, all are copied."""
    former = {"": "old"} | {f"{number}": "old" for number in range(20)}
    by_regions(published, former)
    publish(Warehouse(published), "f2", by_document=True)
    now = {key: value for key, value in former.items() if key != "19"} | {"": "new", "30": "new"}
    now |= {f"{number}": "new" for number in range(changed)}
    by_regions(published, now)
    with open_work(Warehouse(published)) as connection:
        connection.execute("update marts.regional_series set value = 'copied' where value = 'old'")
    publish(Warehouse(published), "f3", by_document=True)
    with duckdb.connect(str(published), read_only=True) as connection:
        found = dict(connection.sql("select coalesce(region_code, ''), value from marts.regional_series").fetchall())
    assert found == {key: others if value == "old" else value for key, value in now.items()}
