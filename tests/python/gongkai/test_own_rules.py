"""A user's own rows stand among those that ship: in the place of the row of the same key, or behind all of them."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from helpers.command import ROOT

from gongkai.project import rule_digests
from gongkai.rules.checking import check_rules
from gongkai.rules.declarations import read_declarations
from gongkai.rules.own import people_folder, project_for, put_among
from gongkai.rules.problems import BrokenRules
from gongkai.warehouse import OWN_RULES, Warehouse
from ingest.errors import UsageError
from ingest.shipped import project_folder, use_project

FIGURES = "seeds/prose/prose_figures.csv"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_without_rows_it_is_the_project_that_ships(rules: Path, tmp_path: Path) -> None:
    (rules / "form_labels.csv").write_text("form_part,label,row_code\n", "utf-8")
    put_among(rules, ROOT, tmp_path / "project")
    assert rule_digests(tmp_path / "project") == rule_digests(ROOT)
    assert (tmp_path / "project" / "models").is_symlink()


def test_a_row_of_the_same_key_stands_in_its_place_and_another_behind_all(rules: Path, tmp_path: Path) -> None:
    shipped = rows(ROOT / FIGURES)
    replaced = shipped[5]
    (rules / "prose_figures.csv").write_bytes(
        "\ufeffrule_id,indicator_code,applies_to,units,noun,confidence\n"  # the mark is Excel's
        f"{replaced['rule_id']},fee.waived,figure,money,ours,likely\n"
        'own_one,fee.waived,figure,money,"a,b\n第二行",likely\n'
        "own_two,fee.waived,figure,money,c,likely\n".encode()
    )
    put_among(rules, ROOT, tmp_path / "project")
    merged = rows(tmp_path / "project" / FIGURES)
    assert len(merged) == len(shipped) + 2
    assert [row for row in merged[:-2] if row["noun"] != "ours"] == [*shipped[:5], *shipped[6:]]
    # A running number that is left empty is that of the row replaced, or the next free one.
    last = max(int(row["rule_no"]) for row in shipped)
    assert (merged[5]["rule_id"], merged[5]["rule_no"]) == (replaced["rule_id"], replaced["rule_no"])
    assert [(row["rule_id"], row["rule_no"]) for row in merged[-2:]] == [
        ("own_one", str(last + 1)), ("own_two", str(last + 2))
    ]  # fmt: skip
    assert merged[-2]["noun"] == "a,b\n第二行" and merged[5]["example"] == ""


def test_what_is_wrong_is_told_by_the_users_file_and_line(rules: Path, tmp_path: Path) -> None:
    own = rules / "people" / "check_thresholds.csv"
    own.parent.mkdir()
    own.write_text("threshold_name,threshold\nsmallest_jump,many\nown_threshold,few\n", "utf-8")
    put_among(rules, ROOT, tmp_path / "project")
    found = {(each.file, each.line, each.value) for each in check_rules(tmp_path / "project").problems}
    assert {(str(own), 2, "many"), (str(own), 3, "few")} <= found
    own.write_text("threshold_name,treshold\nsmallest_jump,3\n", "utf-8")
    with pytest.raises(BrokenRules) as broken:
        put_among(rules, ROOT, tmp_path / "project")
    [problem] = broken.value.problems
    assert (problem.file, problem.line, problem.nearest) == (str(own), 1, "threshold")


def test_a_file_taken_away_leaves_what_shipped(rules: Path, tmp_path: Path) -> None:
    own = rules / "check_thresholds.csv"
    own.write_text("threshold_name,threshold,note\nsmallest_jump,3,ours\n", "utf-8")
    put_among(rules, ROOT, tmp_path / "project")
    assert rule_digests(tmp_path / "project") != rule_digests(ROOT)
    own.unlink()
    put_among(rules, ROOT, tmp_path / "project")
    assert rule_digests(tmp_path / "project") == rule_digests(ROOT)


def test_the_folder_beside_the_warehouse_is_taken_or_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    monkeypatch.delenv(OWN_RULES, raising=False)
    try:
        assert project_for(warehouse) == project_folder() == ROOT
        (tmp_path / "w.rules").mkdir()
        assert project_for(warehouse) == project_folder() == tmp_path / "w.dbt" / "project"
        assert os.environ["GONGKAI_PROJECT"] == str(tmp_path / "w.dbt" / "project")  # for readers and builds
        monkeypatch.setenv(OWN_RULES, str(tmp_path / "elsewhere"))
        with pytest.raises(UsageError, match="there is no such folder"):
            project_for(warehouse)
        assert warehouse.rules in warehouse.own_files()  # its csv files are no reports
    finally:
        use_project(None)


def test_verdicts_go_to_own_rules_where_there_are_any_and_else_to_the_repository(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    assert people_folder(warehouse) == ROOT / "seeds" / "people"
    (tmp_path / "w.rules").mkdir()
    folder = people_folder(warehouse)
    assert folder == tmp_path / "w.rules"
    assert (folder / "verdicts.csv").read_text("utf-8").startswith("finding_id,report_id,")


def test_numbers_that_order_rules_leave_room_for_those_of_users() -> None:
    declared, _ = read_declarations(ROOT)
    for name, seed in declared.items():
        for test in seed.tests:
            if test.kind == "unique" and test.column.endswith(("_no", "_order")):
                numbers = [int(row[test.column]) for row in rows(ROOT / seed.file)]
                assert all(0 < number < 10_000 for number in numbers), name
