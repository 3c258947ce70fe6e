"""The ledger: what waits is what changed since a model was built, or all where its rules did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from gongkai.building import ledger
from gongkai.building.compiled import DATABASE, DOCUMENTS, Node
from gongkai.building.materializing import build_by_document, relations
from gongkai.building.sharding import _merge_model as merge_model
from gongkai.warehouse import state

READ = Node(
    unique_id="model.gongkai.int_read",
    name="int_read",
    kind="model",
    path="int_read.sql",
    materialized="by_document",
    schema="intermediate",
    relation=f'"{DATABASE}"."intermediate"."int_read"',
    checksum="",
    parents=(),
    reads_raw=True,
    from_raw=True,
    sql=f"select documents.* from temp.main.pending_int_read inner join {DATABASE}.raw.documents using (document_id)",
    version="r1",
)


@pytest.fixture
def work() -> Iterator[duckdb.DuckDBPyConnection]:
    """A work file of three documents, of which nothing is built."""
    with duckdb.connect() as connection:
        connection.execute(f"attach ':memory:' as {DATABASE}; use {DATABASE}")
        connection.execute("create schema raw; create schema intermediate")
        connection.execute("create table raw.documents (document_id varchar, content_version varchar)")
        connection.execute("insert into raw.documents values ('a', 'a1'), ('b', 'b1'), ('c', 'c1')")
        state.open_for_build(connection)
        yield connection


def waiting(work: duckdb.DuckDBPyConnection, node: Node = READ) -> dict[str, str | None]:
    """What a model must build now."""
    ledger.find_changes(work, DOCUMENTS)
    return dict(work.execute(ledger.Ledger(work).waiting(node)).fetchall())


def make(work: duckdb.DuckDBPyConnection, node: Node = READ) -> bool:
    """Build a model; whether anything waited. Its rows are then what is landed."""
    ledger.find_changes(work, DOCUMENTS)
    was_built = build_by_document(work, node, relations(work), ledger.Ledger(work))
    assert waiting(work, node) == {}
    assert work.sql("from intermediate.int_read order by all").fetchall() == landed(work)
    return was_built


def landed(work: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
    return work.sql("from raw.documents order by all").fetchall()


def change(work: duckdb.DuckDBPyConnection, document: str, version: str) -> None:
    work.execute("update raw.documents set content_version = ? where document_id = ?", [version, document])


def test_what_changed_waits_until_it_is_built(work: duckdb.DuckDBPyConnection) -> None:
    assert waiting(work) == {"a": "a1", "b": "b1", "c": "c1"}
    assert make(work)
    assert not make(work)
    change(work, "b", "b2")
    work.execute("insert into raw.documents values ('d', 'd1')")
    assert waiting(work) == {"b": "b2", "d": "d1"}
    change(work, "b", "b3")
    assert waiting(work) == {"b": "b3", "d": "d1"}
    assert make(work)


def test_a_change_has_a_number_of_its_own_where_all_of_the_last_one_changed_again(
    work: duckdb.DuckDBPyConnection,
) -> None:
    for version in ("b2", "b3", "b4"):
        assert make(work)
        change(work, "b", version)
        assert waiting(work) == {"b": version}


def test_a_document_that_is_no_more_goes_and_may_come_back(work: duckdb.DuckDBPyConnection) -> None:
    make(work)
    work.execute("delete from raw.documents where document_id = 'c'")
    assert waiting(work) == {"c": None}
    assert make(work)
    assert not make(work)
    work.execute("insert into raw.documents values ('c', 'c1')")
    assert waiting(work) == {"c": "c1"}
    assert make(work)
    work.execute("delete from raw.documents")
    assert make(work)


def test_each_model_waits_for_itself(work: duckdb.DuckDBPyConnection) -> None:
    """One that failed has built nothing of what others have."""
    other = replace(READ, name="int_other")
    ledger.find_changes(work, DOCUMENTS)
    ledger.Ledger(work).note_built(work, other)
    change(work, "a", "a2")
    make(work)
    assert waiting(work) == {}
    assert waiting(work, other) == {"a": "a2"}
    assert waiting(work, replace(READ, name="int_third")) == {"a": "a2", "b": "b1", "c": "c1"}


def test_other_rules_make_all_anew_and_so_does_a_table_that_is_gone(work: duckdb.DuckDBPyConnection) -> None:
    make(work)
    assert waiting(work, replace(READ, version="r2")) == {"a": "a1", "b": "b1", "c": "c1"}
    work.execute("drop table intermediate.int_read")
    assert make(work)


def test_a_build_that_fails_leaves_rows_and_number_as_they_were(work: duckdb.DuckDBPyConnection) -> None:
    make(work)
    before = landed(work)
    change(work, "a", "a2")
    ledger.find_changes(work, DOCUMENTS)
    with pytest.raises(duckdb.Error):
        broken = replace(READ, sql=f"{READ.sql} where error('broken') is null")
        build_by_document(work, broken, relations(work), ledger.Ledger(work))
    work.execute("rollback")
    assert work.sql("from intermediate.int_read order by all").fetchall() == before
    assert waiting(work) == {"a": "a2"}
    assert make(work)


def test_what_shards_built_ahead_waits_no_more_while_it_is_the_same(work: duckdb.DuckDBPyConnection) -> None:
    make(work)
    change(work, "a", "a2")
    change(work, "b", "b2")
    work.execute("update intermediate.int_read set content_version = 'a2' where document_id = 'a'")
    work.execute(f"insert into {state.IN_SHARDS} values ('int_read', 'r1', 'a', 'a2')")
    assert waiting(work) == {"b": "b2"}
    assert waiting(work, replace(READ, version="r2")).keys() == {"a", "b", "c"}
    change(work, "a", "a3")
    assert waiting(work) == {"a": "a3", "b": "b2"}
    assert make(work)
    assert work.sql(f"from {state.IN_SHARDS}").fetchall() == []


def test_a_model_that_shards_built_to_the_end_is_noted(work: duckdb.DuckDBPyConnection) -> None:
    make(work)
    change(work, "a", "a2")
    work.execute("update intermediate.int_read set content_version = 'a2' where document_id = 'a'")
    work.execute(f"insert into {state.IN_SHARDS} values ('int_read', 'r1', 'a', 'a2')")
    assert not make(work)
    assert work.sql(f"from {state.IN_SHARDS}").fetchall() == []
    assert work.sql(f"select change from {state.MODELS}").fetchall() == [(2,)]


def test_keys_of_contexts_and_what_lies_beside_a_document(work: duckdb.DuckDBPyConnection) -> None:
    """The key NULL is one too."""
    work.execute("create table intermediate.int_report_contexts as select 'a' as document_id, '+' as context_version")
    work.execute(
        "create table intermediate.int_year_contexts as "
        "from (values (2020, 'x'), (null, 'y')) as t(year, context_version)"
    )
    for kind in (DOCUMENTS, ledger.REPORTS, "int_year_contexts"):
        ledger.find_changes(work, kind)
    assert work.sql(f"select kind, key, version, change from {state.CHANGES} order by all").fetchall() == [
        *((DOCUMENTS, key, f"{key}1", 1) for key in "abc"),
        *((ledger.REPORTS, key, version, 1) for key, version in (("a", "a1+"), ("b", "b1"), ("c", "c1"))),
        *(("int_year_contexts", key, version, 1) for key, version in (("", "y"), ("2020", "x"))),
    ]
    work.execute("update intermediate.int_report_contexts set context_version = '-'")
    ledger.find_changes(work, ledger.REPORTS)
    assert work.sql(f"select kind, key, version from {state.CHANGES} where change = 2").fetchall() == [
        (ledger.REPORTS, "a", "a1-")
    ]


def test_models_of_two_threads_are_noted_at_once(work: duckdb.DuckDBPyConnection) -> None:
    work.execute(
        "create table intermediate.int_year_contexts as select 2020 as year, 'x' as context_version; "
        "create table intermediate.int_body_contexts as select 'e' as entity_id, 'x' as context_version"
    )
    for version in ("x", "y"):  # where there are no rows yet, and where they change
        cursors = {kind: work.cursor() for kind in ("int_year_contexts", "int_body_contexts")}
        for kind, cursor in cursors.items():
            cursor.execute(f"begin; update {DATABASE}.intermediate.{kind} set context_version = '{version}'")
            ledger.find_changes(cursor, kind)
            ledger.Ledger(cursor).note_built(cursor, replace(READ, name=f"of_{kind}", keys=kind))
        for cursor in cursors.values():
            cursor.execute("commit")
    assert work.sql(f"select model, change from {state.MODELS} order by all").fetchall() == [
        ("of_int_body_contexts", 2),
        ("of_int_year_contexts", 2),
    ]


def test_beside_rows_that_shards_made_by_other_rules_none_count_as_built(work: duckdb.DuckDBPyConnection) -> None:
    """Whatever rules come next: those of the shards, or the former ones."""
    make(work)
    other = replace(READ, version="r2")
    work.execute(
        "attach ':memory:' as shard; create schema shard.state; create schema shard.intermediate; "
        "create table shard.intermediate.int_read as select document_id, 'r2' as content_version from raw.documents; "
        f"create table shard.state.key_changes as from {state.CHANGES} where key = 'a'; "
        f"create table shard.state.models_built as from {state.MODELS}; "
        "update shard.state.models_built set version = 'r2'"
    )
    assert not merge_model(work, READ, relations(work))
    assert merge_model(work, other, relations(work))
    assert work.sql("from intermediate.int_read order by all").fetchall() == [("a", "r2"), ("b", "b1"), ("c", "c1")]
    assert waiting(work, other).keys() == {"b", "c"}
    assert waiting(work).keys() == {"a", "b", "c"}
    assert make(work)
