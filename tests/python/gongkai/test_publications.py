"""Publications are numbered, exports carry the number, and what each changed is told with the reason."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from helpers.command import ROOT, Gongkai
from helpers.contract import contract_warehouse

from gongkai import changes, publications
from gongkai.project import setting
from gongkai.publishing import publish
from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published
from gongkai.warehouse.work import open_work
from ingest.errors import GongkaiError

A, B, C, D = (f"000000000000000{number}" for number in range(1, 5))
DOCUMENT = (
    "insert into raw.documents by name select '{}' as document_id, 'a.txt' as source_file, '' as archive_member, "
    "'text/plain' as media_type, 1 as size_bytes, 'txt' as reader, '1' as reader_version, 1 as char_count, "
    "false as ocr_used, '{{}}' as properties, timestamp '2026-01-01' as first_seen_at, "
    "timestamp '2026-01-01' as last_seen_at, '1' as content_version"
)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Four reports, as the first publication; what is compared of documents is in raw."""
    columns = (
        "alter table marts.dim_report add column withdrawn_at timestamp",
        "alter table marts.observations add column correction_reason varchar",
    )
    documents = [DOCUMENT.format(name) for name in ("d1", "d2", "d3", "d4")]
    return contract_warehouse(tmp_path / "w.duckdb", ";".join([*columns, *documents]))


def after(published: Path, *statements: str) -> list[dict[str, Any]]:
    """Rows of changes that a publish makes after the statements; of each what is not NULL, but its publication."""
    with open_work(Warehouse(published)) as connection:
        for statement in statements:
            connection.execute(statement)
    publish(Warehouse(published), "next")
    with open_published(Warehouse(published)) as connection:
        frame = pl.DataFrame(
            connection.sql(
                "select * from marts.changes "
                "where publication_no = (select max(publication_no) from marts.publications)"
            ).to_arrow_table()
        )
    kept = (
        "subject",
        "change",
        "reason",
        "report_id",
        "previous_report_id",
        "indicator_code",
        "old_value",
        "new_value",
        "detail",
    )
    return [{name: row[name] for name in kept if row[name] is not None} for row in frame.iter_rows(named=True)]


def test_publications_are_numbered_on_and_on(published: Path) -> None:
    assert after(published) == []
    assert after(published) == []
    with open_published(Warehouse(published)) as connection:
        rows = connection.execute(
            "select publication_no, fingerprint, document_count, report_count, change_count "
            "from marts.publications order by all"
        ).fetchall()
        assert publications.latest(connection) == publications.Publication(
            3, *connection.execute("select max(published_at) from raw.publication").fetchall()[0]
        )
    assert rows == [(1, "test", 4, 3, None), (2, "next", 4, 3, 0), (3, "next", 4, 3, 0)]


def test_no_number_is_given_twice_where_the_published_file_is_lost(published: Path) -> None:
    after(published)
    published.unlink()
    assert after(published) == []
    with open_published(Warehouse(published)) as connection:
        rows = connection.execute("select publication_no, change_count from marts.publications").fetchall()
    assert rows == [(3, None)], "there was nothing to compare it with"


def test_a_rule_changes_figures_and_what_is_told_of_a_report(published: Path) -> None:
    told = after(
        published,
        "update marts.observations set value = 13 where observation_id = 'o1'",
        "update marts.observations set is_selected = false where observation_id = 'o2'",
        "insert into marts.observations by name select * replace ('o8' as observation_id, "
        "'fee.waived' as indicator_code, 5 as value) from marts.observations where observation_id = 'o6'",
        f"update marts.dim_report set level_code = 'prefecture' where report_id = '{D}'",
    )
    figure = {"subject": "figure", "reason": "rule", "previous_report_id": A, "report_id": A}
    assert told == [
        {"subject": "report", "change": "changed", "reason": "rule", "report_id": D, "previous_report_id": D,
         "detail": "level_code: province, prefecture"},
        figure | {"change": "changed", "indicator_code": "application.received", "old_value": 12, "new_value": 13},
        figure | {"change": "added", "indicator_code": "fee.waived", "new_value": 5},
        {"subject": "figure", "change": "removed", "reason": "rule", "report_id": B, "previous_report_id": B,
         "indicator_code": "application.received", "old_value": 0},
    ]  # fmt: skip


def test_a_correction_is_told_from_a_rule_also_where_it_drops_a_figure(published: Path) -> None:
    told = after(
        published,
        "update marts.observations set value = 13, correction_reason = 'a slip' where observation_id = 'o1'",
        "update marts.observations set is_selected = false, correction_reason = 'no' where observation_id = 'o2'",
        "update marts.observations set value = 1 where observation_id = 'o6'",
    )
    reasons = {(row["report_id"], row["indicator_code"]): (row["change"], row["reason"]) for row in told}
    assert reasons == {
        (A, "application.received"): ("changed", "correction"),
        (B, "application.received"): ("removed", "correction"),
        (A, "fee.collected"): ("changed", "rule"),
    }
    undone = after(
        published, "update marts.observations set value = 12, correction_reason = null where observation_id = 'o1'"
    )
    assert [(row["reason"], row["old_value"], row["new_value"]) for row in undone] == [("correction", 13, 12)]


def test_a_new_version_takes_the_place_of_the_old_one_and_its_figures_are_told(published: Path) -> None:
    told = after(
        published,
        DOCUMENT.format("d5"),
        f"insert into marts.dim_report by name select * replace ('5' as report_id, 'd5' as document_id) "
        f"from marts.dim_report where report_id = '{A}'",
        f"update marts.dim_report set is_current = false where report_id = '{A}'",
        "insert into marts.observations by name "
        "select * replace ('5' as report_id, 'o9' as observation_id, 14 as value) "
        "from marts.observations where observation_id = 'o1'",
        DOCUMENT.format("d6"),
        "insert into marts.dim_report by name select * replace ('6' as report_id, 'd6' as document_id, 2019 as year) "
        f"from marts.dim_report where report_id = '{B}'",
    )
    new = {"reason": "new_document", "previous_report_id": A, "report_id": "5"}
    assert told == [
        new | {"subject": "report", "change": "replaced"},
        {"subject": "report", "change": "added", "reason": "new_document", "report_id": "6"},
        new | {"subject": "figure", "change": "changed", "indicator_code": "application.received", "old_value": 12,
               "new_value": 14},
        new | {"subject": "figure", "change": "removed", "indicator_code": "fee.collected", "old_value": 0},
    ]  # fmt: skip


def test_a_withdrawal_and_its_undoing_are_told(published: Path) -> None:
    withdrawn = f"is_current = false, withdrawn_at = timestamp '2026-05-01' where report_id = '{A}'"
    gone = {"subject": "report", "reason": "withdrawal", "report_id": A}
    assert after(published, f"update marts.dim_report set {withdrawn}") == [
        gone | {"change": "removed", "previous_report_id": A}
    ]
    back = f"is_current = true, withdrawn_at = null where report_id = '{A}'"
    assert after(published, f"update marts.dim_report set {back}") == [gone | {"change": "added"}]
    # The older version, of the same body and year, is current again.
    told = after(
        published,
        f"update marts.dim_report set {withdrawn.replace(A, B)}",
        f"update marts.dim_report set is_current = true where report_id = '{C}'",
    )
    assert told[0] == gone | {"change": "replaced", "report_id": C, "previous_report_id": B}
    assert {row["reason"] for row in told} == {"withdrawal"}
    assert {(row.get("old_value"), row.get("new_value")) for row in told[1:]} == {(0, 55), (told[2]["old_value"], None)}


def test_a_document_read_anew_is_told_from_a_rule(published: Path) -> None:
    told = after(
        published,
        "update raw.documents set content_version = '2' where document_id = 'd1'",
        "update marts.observations set value = 13 where observation_id in ('o1', 'o2')",
        f"delete from marts.dim_report where report_id = '{D}'",
    )
    assert {(row["subject"], row["change"], row["reason"], row["report_id"]) for row in told} == {
        ("figure", "changed", "reread", A), ("figure", "changed", "rule", B), ("report", "removed", "rule", D),
    }  # fmt: skip


def test_changes_are_kept_for_the_last_publications_only(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.publishing.setting", lambda *_: 2)
    for value in (1, 2, 3, 4):
        after(published, f"update marts.observations set value = {value} where observation_id = 'o1'")
    with open_published(Warehouse(published)) as connection:
        kept = connection.execute("select publication_no, new_value from marts.changes order by all").fetchall()
        numbers = connection.execute("select count(*) from marts.publications").fetchall()
    assert kept == [(4, 3), (5, 4)]
    assert numbers == [(5,)]


def test_the_setting_is_a_whole_number_and_a_broken_one_is_named(tmp_path: Path) -> None:
    assert setting(ROOT, "kept_publications") >= 1
    for text, said in (("vars: {gongkai: {kept_publications: many}}", "'many'"), ("name: gongkai", "is not there")):
        (tmp_path / "dbt_project.yml").write_text(text)
        with pytest.raises(GongkaiError, match=said):
            setting(tmp_path, "kept_publications")


def test_a_published_file_of_an_older_version_has_nothing_to_compare_with(published: Path) -> None:
    with duckdb.connect(str(published)) as connection:
        connection.execute("drop table marts.publications; drop table marts.changes")
        connection.execute("alter table marts.dim_report drop column withdrawn_at")
    assert after(published) == []
    with open_published(Warehouse(published)) as connection:
        assert connection.execute("select publication_no, change_count from marts.publications").fetchall() == [
            (2, None)
        ]


def test_every_column_is_described(published: Path) -> None:
    with open_published(Warehouse(published)) as connection:
        for table, columns in (("publications", publications.COLUMNS), ("changes", changes.COLUMNS)):
            found = connection.execute(
                "select column_name, comment from duckdb_columns() where schema_name = 'marts' and table_name = ? "
                "order by column_index",
                [table],
            ).fetchall()
            assert found == [(name, text) for name, (_, text) in columns.items()]


def test_every_export_carries_its_publication(published: Path, gongkai: Gongkai, tmp_path: Path) -> None:
    after(published)
    out = tmp_path / "out"
    done = gongkai("export", "--to", out, published=published)
    assert "publication 2 of " in done.stdout.splitlines()[0]
    with zipfile.ZipFile(out / "gongkai.xlsx") as workbook:
        assert "publication 2 of " in workbook.read("docProps/core.xml").decode()
    read_me = pl.read_excel(out / "gongkai.xlsx", sheet_name="说明", has_header=False)
    told = {row[0]: row[1] for row in read_me.iter_rows()}
    assert told["发布"].startswith("第2次发布，")
    for path in (out / "parquet").iterdir():
        metadata = dict(duckdb.execute("select key, value from parquet_kv_metadata(?)", [str(path)]).fetchall())
        assert metadata[b"publication"].startswith(b"publication 2 of "), path.name
    history = pl.read_csv(out / "csv" / "publications.csv")
    assert history["publication_no"].to_list() == [1, 2]
