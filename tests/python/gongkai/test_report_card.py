"""The report card: what counts as right, missed and wrong, and the command's exit status."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.commands.evaluate import evaluate
from gongkai.reports.report_card import (
    half_of,
    match_facts,
    read_gold,
    read_warehouse,
    report_of_file,
    same_label,
    score,
)
from gongkai.warehouse import Warehouse
from ingest.errors import GongkaiError

COLUMNS = ["indicator_code", "applicant_type", "category_label", "value", "qualifier", "basis", "confidence"]


def observation(code: str, value: str, **more: object) -> dict[str, object]:
    row = dict(zip(COLUMNS, [code, "all", None, Decimal(value), "exact", "narrative", "likely"], strict=True))
    return row | {"report_id": "r1", "evidence_text": "证据"} | more


def report(**more: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(
        ["agency_name", "agency_kind", "level_code", "region_code", "year", "period_start", "period_end", "form"]
    )
    return row | {"published_on": None, "report_id": "r1", "source_file": "a/b.txt", "is_current": True} | more


def test_value_indicator_and_applicant_must_agree() -> None:
    facts = [
        {"indicator": "application.received", "value": 5},
        {"indicator": "application.received", "value": 3, "applicant": "enterprise"},
    ]
    found = [observation("application.received", "3"), observation("application.received", "5.0000")]
    pairs, missed, left = match_facts(facts, found)
    assert [fact["value"] for fact, _ in pairs] == [5]
    assert missed == [facts[1]]
    assert left == [found[0]]


def test_one_observation_answers_one_fact_only() -> None:
    facts = [{"indicator": "disclosure.by_category", "value": 4, "category": label} for label in ("财政类", "人事类")]
    _, missed, left = match_facts(facts, [observation("disclosure.by_category", "4", category_label="财政类信息")])
    assert missed == [facts[1]]
    assert left == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("机构职能类", "机构职能", True),
        ("政策　法规", "政策法规", True),
        ("人事信息", "环境保护监测", False),
        ("", "财政", False),
    ],
)
def test_similar_labels(one: str, other: str, same: bool) -> None:
    assert same_label(one, other) is same


@given(st.text(), st.text())
def test_labels_are_similar_both_ways_where_one_holds_the_other(one: str, other: str) -> None:
    assert same_label(one, one)
    if one.strip() and other.strip():
        assert same_label(one + other, other)


def test_ignored_and_derived_figures_do_not_count_as_wrong() -> None:
    gold = {
        "file": "b.txt",
        "form": "2021",
        "ignore": ["staff.total"],
        "facts": [{"indicator": "fee.collected", "value": 0}],
    }
    found = [
        observation("fee.collected", "0", qualifier="about", confidence="certain"),
        observation("staff.total", "9"),
        observation("appeal.litigation.total", "2", basis="derived"),
        observation("disclosure.total", "7"),
    ]
    card = score([gold], [report()], {"r1": found})
    assert (card.total.right, card.total.missed, card.total.wrong) == (1, 0, 1)
    assert card.qualifier_share == 0
    assert card.summary()["confidence"] == {
        "certain": {"right": 1, "selected": 1, "share": 1.0},
        "likely": {"right": 0, "selected": 1, "share": 0.0},
    }
    assert card.groups["format"]["txt"].wrong == 1
    assert [row["indicator_code"] for row in card.worst(1)[0].wrong] == ["disclosure.total"]


def test_metadata_that_an_answer_leaves_open_is_not_scored() -> None:
    gold = {"file": "b.txt", "facts": [], "agency": "甲县 人民政府", "year": 2016, "published": None}
    card = score([gold], [report(agency_name="甲县人民政府", year=2015)], {})
    assert card.metadata_share == 0.5
    assert card.documents[0].metadata == [("year", 2016, 2015)]


def test_a_report_that_is_not_there_misses_everything() -> None:
    gold = {"file": "none.txt", "facts": [{"indicator": "fee.collected", "value": 0}], "year": 2016}
    card = score([gold], [report()], {"r1": [observation("fee.collected", "0")]})
    assert card.summary()["not_found"] == 1
    assert card.total.recall == 0
    assert card.metadata_share == 0


def test_a_notice_taken_for_a_report_is_counted() -> None:
    card = score([{"file": "b.txt", "class": "other"}, {"file": "c.txt", "class": "other"}], [report()], {})
    assert card.others == {"all": 2, "taken": 1}


def test_the_current_version_of_a_file_is_preferred() -> None:
    older, newer = report(report_id="old", is_current=False), report(report_id="new")
    assert report_of_file("b.txt", [older, newer]) is newer
    assert report_of_file("x.txt", [older, newer]) is None


@given(st.text(min_size=1))
def test_the_half_hangs_on_the_bare_name_only(name: str) -> None:
    base = name.replace("/", "")
    assert half_of(f"folder/{base}") == half_of(base)


def published(path: Path) -> Path:
    """A small published warehouse with one report and two figures, one of them wrong."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            """
            create table marts.dim_report as
            select
                'r1' as report_id, 'b.txt' as source_file, true as is_current, '甲县人民政府' as agency_name,
                'government' as agency_kind, 'county' as level_code, '000000' as region_code, 2016 as year,
                date '2016-01-01' as period_start, date '2016-12-31' as period_end, 'narrative' as form,
                null::date as published_on
            """
        )
        connection.execute(
            """
            create table marts.observations as
            select
                'r1' as report_id, code as indicator_code, 'all' as applicant_type, null::varchar as category_label,
                value::decimal(20, 4) as value, 'exact' as qualifier, 'narrative' as basis, 'likely' as confidence,
                '原文\u202e' as evidence_text, true as is_selected
            from (values ('fee.collected', 36.5), ('disclosure.total', 8)) as figures(code, value)
            """
        )
    return path


def test_the_command_prints_json_and_fails_below_a_minimum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warehouse = published(tmp_path / "w.duckdb")
    gold = tmp_path / "gold.jsonl"
    facts = [{"indicator": "fee.collected", "value": 36.5}, {"indicator": "disclosure.total", "value": 9}]
    gold.write_text(json.dumps({"file": "b.txt", "facts": facts, "period_end": "2016-12-31"}) + "\n", encoding="utf-8")
    assert evaluate([gold], as_json=True, min_f1=0.5, warehouse=Warehouse(warehouse)) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["precision"], figures["recall"], figures["metadata"]) == (0.5, 0.5, 1.0)
    assert evaluate([gold], min_f1=0.51, warehouse=Warehouse(warehouse)) == 1
    shown = capsys.readouterr()
    assert "f1 0.5000 < 0.51" in shown.err
    assert "wrong: disclosure.total = 8 (narrative, likely)" in shown.out
    assert "\u202e" not in shown.out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"file": "a.txt", "facts": []}\n{broken\n', "line 2"),
        (b'{"year": 2016}\n', "line 1"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_bad_gold_file_is_one_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_bytes(content)
    with pytest.raises(GongkaiError, match=words):
        read_gold([gold])


def test_a_missing_or_empty_warehouse_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(GongkaiError, match="gongkai run"):
        read_warehouse(Warehouse(tmp_path / "none.duckdb"))
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    with pytest.raises(GongkaiError, match="gongkai build"):
        read_warehouse(Warehouse(tmp_path / "empty.duckdb"))
