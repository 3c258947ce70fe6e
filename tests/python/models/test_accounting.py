"""No number of a report is without a row in `marts.quantities`, and what the commands make of it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, Gongkai

SETS = ["samples", "regression", "exam"]
NUMBERS = re.compile(r"\d+|[零〇一二两三四五六七八九十百千]+(?=[条件次期场名篇份项个]|人次)")
"""Runs of digits, of any script, and Chinese numerals before common measure words; the models are not asked."""
NO_NUMBERS = re.compile(r"统一|[零一两三]+(?:些|点)|万一|同一|单一|唯一")
"""Words in which a numeral counts nothing."""


@pytest.fixture(scope="module", params=SETS)
def published(request: pytest.FixtureRequest, built_set) -> Path:  # type: ignore[no-untyped-def]
    return built_set(request.param)


def test_every_number_in_prose_has_a_row(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        blocks = connection.execute(
            "select document_id, block_no, text from raw.blocks inner join marts.dim_report using (document_id)"
        ).fetchall()
        rows = connection.execute(
            "select document_id, block_no, char_start, char_end from marts.quantities where block_no is not null"
        ).fetchall()
    covered: dict[tuple[str, int], set[int]] = defaultdict(set)
    for document, block, start, end in rows:
        covered[document, block].update(range(start, end))
    missed = [
        text[max(0, run.start() - 20) : run.end() + 20]
        for document, block, text in blocks
        for run in NUMBERS.finditer(NO_NUMBERS.sub(lambda word: "＊" * len(word[0]), text))
        if not covered[document, block].issuperset(range(*run.span()))
    ]
    assert rows and missed == []


def test_every_table_cell_with_a_digit_has_a_row(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        missed = connection.execute(
            r"""
            select table_no, row_no, col_no, text
            from raw.table_cells
            inner join marts.dim_report using (document_id)
            anti join marts.quantities using (document_id, table_no, row_no, col_no)
            where regexp_matches(text, '\d')
            """
        ).fetchall()
    assert missed == []


def test_the_words_are_those_that_stand_at_the_place(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        wrong = connection.execute(
            "select words, text from marts.quantities inner join raw.blocks using (document_id, block_no)"
            " where words != substring(text, char_start + 1, char_end - char_start)"
            " union all select words, text from marts.quantities"
            " inner join raw.table_cells using (document_id, table_no, row_no, col_no)"
            " where words != substring(text, char_start + 1, char_end - char_start)"
        ).fetchall()
    assert wrong == []


def test_what_is_read_became_observations_of_the_same_report(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        strange = connection.execute(
            "select * from (select report_id, unnest(observation_ids) as observation_id from marts.quantities) as read"
            " anti join marts.observations using (report_id, observation_id)"
        ).fetchall()
        lost = connection.execute(
            "select evidence_text from marts.observations"
            " anti join (select unnest(observation_ids) as observation_id from marts.quantities) as read"
            " using (observation_id) where basis = 'narrative'"
        ).fetchall()
    assert strange == [] and lost == []


@pytest.mark.parametrize("by", ["noun", "measure"])
def test_unread_figures_are_listed_with_the_number_marked(built_samples: Path, gongkai: Gongkai, by: str) -> None:
    done = gongkai("unread", "--by", by, "--limit", "3", "--json", published=built_samples)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert 0 < found["unread_with_measure"] <= found["with_measure"] <= found["numbers"]
    assert 0 < len(found["groups"]) <= 3
    for group in found["groups"]:
        assert group[by] and group["count"] >= group["reports"] >= 1 and 1 <= len(group["examples"]) <= 3
        assert all("【" in example["text"] for example in group["examples"])
    assert "are unread" in gongkai("unread", "--by", by, published=built_samples).stdout


def test_the_warehouse_measures_itself(built_samples: Path, gongkai: Gongkai) -> None:
    done = gongkai("evaluate", "--self", "--json", published=built_samples)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["precision"]["right"] <= found["precision"]["n"]
    assert found["precision"]["n"] == sum(each["n"] for each in found["precision_by_confidence"].values())
    assert "precision by confidence" in gongkai("evaluate", "--self", published=built_samples).stdout


def test_measures_are_saved_as_rows_of_their_seed(built_samples: Path, gongkai: Gongkai, tmp_path: Path) -> None:
    saved = tmp_path / "rule_measures.csv"
    done = gongkai("evaluate", "--self", "--json", "--save", str(saved), published=built_samples)
    assert done.returncode == 0 and json.loads(done.stdout), done.stderr
    seed = ROOT / "seeds" / "accounting" / "rule_measures.csv"
    assert saved.read_text("utf-8").splitlines()[0] == seed.read_text("utf-8").splitlines()[0]
    for wrong in (["--gold", str(saved), "--save", str(saved)], ["--self", "--save", str(tmp_path / "no" / "x.csv")]):
        done = gongkai("evaluate", *wrong, published=built_samples)
        assert done.returncode == 2 and "--save" in done.stderr


def test_evaluate_wants_answers_or_itself(built_samples: Path, gongkai: Gongkai) -> None:
    done = gongkai("evaluate", published=built_samples)
    assert done.returncode == 2 and "--gold FILE" in done.stderr and "--self" in done.stderr
